"""`ar-cockpit plan` and `proposal`: payment plans, and what finance is asked for, listed, agreed and decided."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table
from sqlmodel import Session

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import (
    AsJson,
    AsOf,
    AsUser,
    Company,
    Invoices,
    Note,
    Why,
    acting,
    asking,
    business_date,
    emit_json,
    moment_of,
    parse_amount,
    parse_date,
)
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.listing import PLANS, PROPOSALS, Listing, list_question
from ar_cockpit.domain.collecting.plans import Every, Terms
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import decimal_string, to_minor
from ar_cockpit.services import reach
from ar_cockpit.services.clock import now
from ar_cockpit.services.collecting import deciding, plans
from ar_cockpit.services.collecting.plans import Watched
from ar_cockpit.services.lists import agreements

_WORK = Permission.WORK_CUSTOMERS
Key = Annotated[int, typer.Argument(metavar="ID", help="As `list` shows it.")]
Show = Annotated[str, typer.Option("--show", help="Which of them.")]
Customer = Annotated[str, typer.Option("--customer", metavar="CODE", help="Of one customer.")]

plan = typer.Typer(help="Payment plans.", no_args_is_help=True)
proposal = typer.Typer(help="What collectors ask finance for.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(plan, name="plan")
    app.add_typer(proposal, name="proposal")


@plan.command("list")
def list_plans(
    show: Show = PLANS.shows[0],
    customer: Customer = "",
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Payment plans with how far each came and what is next: running active broken proposed completed ended all."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        found = [_plan(row) for row in _rows(session, actor, PLANS, show, day, company=company, customer=customer)]
    if as_json:
        emit_json({"as_of": day.isoformat(), "plans": found})
        return
    table = Table("ID", "Customer", "Amount", "Received", "Next", "Last", "State")
    for one in found:
        amounts = [f"{one[key]} {one['currency']}" for key in ("amount", "received")]
        table.add_row(str(one["id"]), one["customer"], *amounts, one["next"] or "", one["last"], one["state"])
    tables.print(table)


@plan.command("show")
def show_plan(key: Key, as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "") -> None:
    """A plan's instalments, and what became of each."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        found = [_part(one) for one in plans.watched(session, actor, key, day)]
    if as_json:
        emit_json({"as_of": day.isoformat(), "instalments": found})
        return
    table = Table("Due", "Amount", "State")
    for one in found:
        table.add_row(one["due"], f"{one['amount']} {one['currency']}", one["state"])
    tables.print(table)


@plan.command("agree")
def agree_plan(
    customer: str,
    invoice: Invoices,
    count: Annotated[int, typer.Option("--count", help="How many instalments.")],
    first: Annotated[str, typer.Option("--first", metavar="YYYY-MM-DD", help="The day of the first one.")],
    every: Annotated[Every, typer.Option("--every", help="How far they are apart.")] = Every.MONTH,
    *,
    down: Annotated[str, typer.Option("--down", help="The first amount, where it differs from the others.")] = "",
    interest: Annotated[bool, typer.Option("--with-interest", help="Add the interest of the law to the last.")] = False,
    note: Note = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Agree a payment plan; a long one waits for a credit manager's word."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, _WORK, customer, company)
        invoices = reach.invoices_numbered(session, actor, _WORK, invoice, when.on, line.company_code)
        first_minor = to_minor(parse_amount(down), invoices[0].currency) if down else 0
        terms = Terms(parse_date(first), count, every, first_minor)
        offer = plans.offer(session, actor, line, invoices, terms, when.on, with_interest=interest)
        plans.agree(session, actor, line, invoices, (terms, note), when, with_interest=interest)
        waits = offer.needs_approval and not actor.may(Permission.APPROVE_STEP, line.company_id)
    last = offer.instalments[-1].due_on
    end = "waits for a credit manager." if waits else f"is agreed: {count} instalments up to {last}."
    messages.print(f"The plan of {line.name} {end}", markup=False)


@plan.command("end")
def end_plan(key: Key, reason: Why, as_of: AsOf = "", as_user: AsUser = "") -> None:
    """End a plan that runs; what is left goes back to the invoices' own due dates."""
    with acting(as_user) as (session, actor):
        plans.cancel(session, actor, key, reason, moment_of(as_of))
    messages.print(f"Plan {key} is ended.", markup=False)


@proposal.command("list")
def list_proposals(
    show: Show = PROPOSALS.shows[0],
    customer: Customer = "",
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Holds, write-offs, credit notes and long plans that were proposed: waiting decided all."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        rows = _rows(session, actor, PROPOSALS, show, day, company=company, customer=customer)
        found = [_proposal(row) for row in rows]
    if as_json:
        emit_json({"as_of": day.isoformat(), "proposals": found})
        return
    table = Table("ID", "What", "Customer", "Amount", "Why", "By", "State")
    for one in found:
        amount = f"{one['amount']} {one['currency']}" if one["amount"] else ""
        table.add_row(
            str(one["id"]), one["kind"], one["customer"], amount, one["reason"], one["proposed_by"], one["state"]
        )
    tables.print(table)


@proposal.command("accept")
def accept(key: Key, note: Note = "", as_of: AsOf = "", as_user: AsUser = "") -> None:
    """Do what was proposed."""
    with acting(as_user) as (session, actor):
        deciding.accept(session, actor, key, note, moment_of(as_of))
    messages.print(f"Proposal {key} is accepted.", markup=False)


@proposal.command("refuse")
def refuse(key: Key, reason: Why, as_of: AsOf = "", as_user: AsUser = "") -> None:
    """Decline what was proposed, saying why."""
    with acting(as_user) as (session, actor):
        deciding.refuse(session, actor, key, reason, moment_of(as_of))
    messages.print(f"Proposal {key} is refused.", markup=False)


@proposal.command("take-back")
def take_back(key: Key, as_user: AsUser = "") -> None:
    """Take a decision of the last day back: what it did is undone, and the proposal waits again."""
    with acting(as_user) as (session, actor):
        deciding.take_back(session, actor, key, at=now())
    messages.print(f"Proposal {key} waits again.", markup=False)


def _rows(
    session: Session, actor: Actor, listing: Listing, show: str, day: Any, *, company: str, customer: str
) -> list[Any]:
    if show not in listing.shows:
        raise InputError(f"There is no list {show!r}.", f"One of: {' '.join(listing.shows)}.")
    params = {"show": show, "company": company, "customer": customer}
    return agreements.every(session, actor, list_question(listing, params, day, ""))


def _plan(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "company": row.company,
        "customer": row.customer,
        "amount": decimal_string(row.principal, row.currency),
        "interest": decimal_string(row.interest, row.currency),
        "received": decimal_string(row.received, row.currency),
        "currency": row.currency,
        "made": row.made_on.isoformat(),
        "next": row.next_on.isoformat() if row.next_on and row.state in {"active", "broken"} else None,
        "last": row.last_on.isoformat(),
        "state": row.state,
        "note": row.note,
    }


def _part(one: Watched) -> dict[str, Any]:
    amount = decimal_string(one.total_minor, one.currency)
    return {"due": one.due_on.isoformat(), "amount": amount, "currency": one.currency, "state": one.state}


def _proposal(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.reason,
        "company": row.company,
        "customer": row.customer,
        "amount": decimal_string(row.amount_minor, row.currency) if row.has_amount else None,
        "currency": row.currency,
        "invoices": [one["number"] for one in row.numbers],
        "reason": row.words,
        "proposed": row.proposed_on.isoformat(),
        "proposed_by": row.owner,
        "state": row.state,
        "decided": row.decided_on.isoformat() if row.decided_on else None,
        "decided_by": row.decided_by,
    }
