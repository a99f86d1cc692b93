"""What people decide about reminders, for scripts: approvals, and the stop of all."""

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
    parse_date,
)
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.services.clock import now
from ar_cockpit.services.reminders import approvals, stopping
from ar_cockpit.services.reminders.approvals import Key, WaitingStep

Numbers = Annotated[list[str], typer.Argument(metavar="INVOICE...", help="Invoices whose step waits.")]


def add_to(cadence: typer.Typer) -> None:
    """Add the commands to `ar-cockpit cadence`."""
    cadence.command("approvals")(list_approvals)
    cadence.command("approve")(approve)
    cadence.command("decline")(decline)
    cadence.command("stop")(stop)
    cadence.command("release")(release)


def list_approvals(as_json: AsJson = False, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """The steps that wait for a credit manager's word."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        found = approvals.waiting(session, actor, day, company=company)
    if as_json:
        emit_json({"as_of": day.isoformat(), "waiting": [_told(one) for one in found]})
        return
    table = Table("Customer", "Step", "Invoices", "Total", "Since", "Declined until")
    for one in found:
        total = ", ".join(f"{decimal_string(minor, currency)} {currency}" for currency, minor in one.totals.items())
        until = one.declined.until_on.isoformat() if one.declined else ""
        numbers = ", ".join(invoice.number for invoice in one.invoices)
        table.add_row(one.customer.code, one.step.key, numbers, total, one.since_on.isoformat(), until)
    tables.print(table)


def approve(
    invoices: Numbers,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Let the waiting steps of these invoices go with the next run."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        found = approvals.waiting(session, actor, when.on, company=company)
        done = approvals.approve(session, actor, _keys(found, invoices), note, when)
    messages.print(f"{len(done)} steps go with the next run.", markup=False)


def decline(
    invoices: Numbers,
    reason: Why,
    until: Annotated[str, typer.Option("--until", metavar="YYYY-MM-DD", help="After this day it is asked again.")],
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Keep the waiting steps of these invoices back up to and with a day."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        found = approvals.waiting(session, actor, when.on, company=company)
        done = approvals.decline(session, actor, _keys(found, invoices), reason, parse_date(until), when)
    messages.print(f"{len(done)} steps stay back until {until}.", markup=False)


def stop(
    reason: Why,
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Stop all reminders: nothing is planned into the outbox and nothing queued leaves, until they are released."""
    with acting(as_user) as (session, actor):
        stopping.stop(session, actor, reason, at=now(), company=company)
    messages.print(f"Reminders of {company or stopping.ALL} are stopped.", markup=False)


def release(as_user: AsUser = "", company: Company = "") -> None:
    """Let reminders go again."""
    with acting(as_user) as (session, actor):
        stopping.release(session, actor, at=now(), company=company)
    messages.print(f"Reminders of {company or stopping.ALL} go again.", markup=False)


def _keys(found: list[WaitingStep], numbers: list[str]) -> list[Key]:
    by_number: dict[str, list[Key]] = {}
    for one in found:
        for invoice in one.invoices:
            by_number.setdefault(invoice.number, []).append((invoice.invoice_id, one.step.key))
    for number in numbers:
        if len(by_number.get(number, ())) != 1:
            what = "exists in several companies" if number in by_number else "has no step that waits for approval"
            raise InputError(f"Invoice {number} {what}.", "ar-cockpit cadence approvals lists what waits.")
    return [by_number[number][0] for number in numbers]


def _told(one: WaitingStep) -> dict[str, object]:
    return {
        "customer": one.customer.code,
        "company": one.customer.company_code,
        "segment": one.segment,
        "cadence": one.cadence,
        "step": one.step.key,
        "channel": one.step.channel.value,
        "invoices": [invoice.number for invoice in one.invoices],
        "totals": {currency: decimal_string(minor, currency) for currency, minor in one.totals.items()},
        "oldest_days": one.oldest_days,
        "since": one.since_on.isoformat(),
        "declined_until": one.declined.until_on.isoformat() if one.declined else None,
    }
