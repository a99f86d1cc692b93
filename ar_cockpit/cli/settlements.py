"""`ar-cockpit settlements`: invoices that open-items exports no longer list, for a person to decide on."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table
from sqlmodel import Session

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, acting, asking, business_date, emit_json, parse_date
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError, NotFoundError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services.importing.settling import decisions
from ar_cockpit.services.importing.settling.waiting import Waiting, sums, waiting

settlements = typer.Typer(help="Settlements that open-items exports propose.", no_args_is_help=True)
Numbers = Annotated[list[str] | None, typer.Argument(metavar="INVOICE...", help="Numbers of proposed invoices.")]
All = Annotated[bool, typer.Option("--all", help="Everything that is proposed.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(settlements, name="settlements")


@settlements.command("list")
def list_(company: Company = "", as_user: AsUser = "", as_json: AsJson = False) -> None:
    """List what is proposed, the largest first; nothing is settled before someone accepts it."""
    with asking(as_user) as (session, actor):
        found = waiting(session, actor, company=company)
        total = sums(session, actor, company=company)
    shown = {currency: decimal_string(minor, currency) for currency, minor in total.by_currency.items()}
    if as_json:
        emit_json({"count": total.count, "sum": shown, "settlements": [one.document() for one in found]})
        return
    table = Table("Company", "Customer", "Invoice", "Due", "Export")
    for head in ("Open", "Left", "Settled"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in found:
        amounts = [decimal_string(minor, one.currency) for minor in (one.open_minor, one.left_minor, one.paid_minor)]
        absent = "" if one.is_customer_listed else " (customer not listed)"
        amounts[-1] += f" {one.currency}"
        table.add_row(one.company, one.customer, one.number, str(one.due_on), one.file_name + absent, *amounts)
    tables.print(table)
    _tell(total.count, shown, "wait")


@settlements.command("accept")
def accept_(
    invoices: Numbers = None,
    everything: All = False,
    on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="The day of payment; else the export's.")] = "",
    company: Company = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """Settle what is proposed: makes payments that `imports undo` takes back."""
    with acting(as_user) as (session, actor):
        chosen = _chosen(session, actor, invoices, company, everything=everything)
        day = parse_date(on) if on else None
        ids = [one.proposal_id for one in chosen]
        done = decisions.accept(session, actor, ids, day, today=business_date(as_of))
    if as_json:
        emit_json(
            {"accepted": done.count, "sum": done.sums, "batch": done.batch_id, "on": day.isoformat() if day else None}
        )
    _tell(done.count, done.sums, f"accepted on {day or 'the day of their export'}, as import {done.batch_id}")


@settlements.command("decline")
def decline_(
    invoices: Numbers = None,
    everything: All = False,
    company: Company = "",
    as_user: AsUser = "",
    as_json: AsJson = False,
) -> None:
    """Leave the invoices open; they are proposed again only after an export has listed them."""
    with acting(as_user) as (session, actor):
        chosen = _chosen(session, actor, invoices, company, everything=everything)
        done = decisions.decline(session, actor, [one.proposal_id for one in chosen])
    if as_json:
        emit_json({"declined": done.count, "sum": done.sums})
    _tell(done.count, done.sums, "declined")


def _chosen(
    session: Session, actor: Actor, numbers: list[str] | None, company: str, *, everything: bool
) -> list[Waiting]:
    found = waiting(session, actor, company=company)
    if everything == bool(numbers):
        raise InputError("Say which settlements.", "Name invoices, or give --all.")
    if everything:
        if not found:
            raise NotFoundError("No settlement waits.", "Import an open-items export with --open-items first.")
        return found
    asked = set(numbers or ())
    chosen = [one for one in found if one.number in asked]
    missing = sorted(asked - {one.number for one in chosen})
    if missing:
        raise NotFoundError(f"No settlement of {missing[0]} waits.", "See ar-cockpit settlements list.")
    if len(chosen) > len(asked):
        codes = ", ".join(sorted({one.company for one in chosen}))
        raise InputError(f"These numbers exist in several companies: {codes}.", "Choose with --company.")
    return chosen


def _tell(count: int, total: dict[str, str], what: str) -> None:
    amounts = ", ".join(f"{amount} {currency}" for currency, amount in total.items()) or "nothing"
    messages.print(f"{count} settlement(s) of {amounts} {what}.", markup=False)
