"""`ar-cockpit limit`: ask for a limit, approve or refuse what waits, see what is due for a look."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import (
    AsJson,
    AsOf,
    AsUser,
    Company,
    Why,
    acting,
    asking,
    business_date,
    emit_json,
    moment_of,
    parse_amount,
    parse_date,
)
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services import reach
from ar_cockpit.services.limits import looking, requests
from ar_cockpit.services.limits.requests import LimitWish

limit = typer.Typer(help="Credit limits.", no_args_is_help=True)
Request = Annotated[int, typer.Argument(metavar="REQUEST", help="The request's number, as `limit requests` tells it.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(limit, name="limit")


@limit.command("ask")
def ask(
    customer: str,
    amount: Annotated[str, typer.Option("--amount", help="The limit, in the customer's currency.")],
    reason: Why,
    valid_until: Annotated[str, typer.Option("--valid-until", metavar="YYYY-MM-DD", help="Its last day.")] = "",
    insured: Annotated[str, typer.Option("--insured", help="The part that an insurer covers.")] = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Ask for a limit; what you may approve yourself is approved with it."""
    when = moment_of(as_of)
    until, covered = parse_date(valid_until) if valid_until else None, parse_amount(insured) if insured else None
    wish = LimitWish(parse_amount(amount), reason, until, covered)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, Permission.ASK_CREDIT, customer, company)
        state = requests.ask(session, actor, line.customer_id, wish, when)
    told = f"is {amount} {line.currency}" if state == requests.APPROVED else "waits for approval"
    messages.print(f"The limit of {line.name} {told}.", markup=False)


@limit.command("requests")
def list_requests(as_json: AsJson = False, as_user: AsUser = "", company: Company = "") -> None:
    """The requests that wait."""
    with asking(as_user) as (session, actor):
        found = requests.waiting(session, actor, company)
    told = [
        {
            "request": one.request_id,
            "company": one.company_code,
            "customer": one.code,
            "amount": decimal_string(one.amount_minor, one.currency),
            "before": None if one.before_minor is None else decimal_string(one.before_minor, one.currency),
            "currency": one.currency,
            "reason": one.reason,
            "asked_by": one.asked_by,
            "asked_on": one.asked_on.isoformat(),
            "waits_for": one.steps[len(one.steps_done)],
        }
        for one in found
    ]
    if as_json:
        emit_json({"requests": told})
        return
    table = Table("", "Customer", "Limit", "Asked by", "Waits for", "Why")
    for row in told:
        asked = f"{row['amount']} {row['currency']}"
        table.add_row(
            str(row["request"]),
            f"{row['customer']}",
            asked,
            f"{row['asked_by']}",
            f"{row['waits_for']}",
            f"{row['reason']}",
        )
    tables.print(table)


@limit.command("approve")
def approve(
    request: Request,
    note: Annotated[str, typer.Option("--note", help="What is to be kept with it.")] = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
) -> None:
    """Say yes to the next step of a request."""
    with acting(as_user) as (session, actor):
        state = requests.approve(session, actor, request, note, moment_of(as_of))
    messages.print(f"Request {request} is {'approved' if state == requests.APPROVED else 'at its next step'}.")


@limit.command("refuse")
def refuse(
    request: Request,
    note: Annotated[str, typer.Option("--note", help="Why.")],
    as_of: AsOf = "",
    as_user: AsUser = "",
) -> None:
    """Say no to a request."""
    with acting(as_user) as (session, actor):
        requests.refuse(session, actor, request, note, moment_of(as_of))
    messages.print(f"Request {request} is refused.")


@limit.command("reviews")
def list_reviews(as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """The limits that are due for a look, the largest first."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        found, total = looking.reviews(session, actor, day, company)
    told = [
        {
            "company": one.company_code,
            "customer": one.code,
            "limit": decimal_string(one.limit_minor, one.currency),
            "currency": one.currency,
            "valid_until": one.valid_until.isoformat() if one.valid_until else None,
            "reviewed_on": one.reviewed_on.isoformat() if one.reviewed_on else None,
        }
        for one in found
    ]
    if as_json:
        emit_json({"as_of": day.isoformat(), "total": total, "limits": told})
        return
    table = Table("Customer", "Limit", "Ends", "Last look")
    for row in told:
        table.add_row(
            row["customer"],
            f"{row['limit']} {row['currency']}",
            row["valid_until"] or "",
            row["reviewed_on"] or "never",
        )
    tables.print(table)
