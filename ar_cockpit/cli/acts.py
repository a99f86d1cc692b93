"""`ar-cockpit queue`, `standing`, and the collector's acts for scripts."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

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
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.commitments import DisputeOutcome, DisputeReason
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n.numbers import money
from ar_cockpit.i18n.reasons import sentence
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import commitments, ending, holds, worklist
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.worklist import Task

_ENGLISH = "en"
_WORK = Permission.WORK_CUSTOMERS

promise = typer.Typer(help="Promises to pay.", no_args_is_help=True)
dispute = typer.Typer(help="Disputes of invoices.", no_args_is_help=True)
hold = typer.Typer(help="Stop and release a customer.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("queue")(queue)
    app.add_typer(promise, name="promise")
    app.add_typer(dispute, name="dispute")
    app.add_typer(hold, name="hold")


def queue(
    collector: Annotated[str, typer.Option("--collector", metavar="EMAIL", help="Whose day.")],
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Whom a collector contacts now, and why: one task for each customer, ranked."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        found = worklist.queue(session, actor, collector=collector, as_of=day, company=company)
    tasks = [task for task in found.tasks if task.reasons]
    if as_json:
        emit_json({"as_of": day.isoformat(), "tasks": [_task(rank, task) for rank, task in enumerate(tasks, 1)]})
        return
    table = Table("", "Customer", "Overdue", "Why", "Action")
    for rank, task in enumerate(tasks, 1):
        why = "; ".join(sentence(reason, _ENGLISH) for reason in _telling(task))
        overdue = money(task.owed.overdue_minor, task.owed.currency, _ENGLISH)
        table.add_row(str(rank), f"{task.customer.name} ({task.customer.code})", overdue, why, _action(task))
    tables.print(table)


@promise.command("add")
def add_promise(
    customer: str,
    also: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    *,
    invoice: Invoices,
    amount: Annotated[str, typer.Option("--amount", help="How much is promised.")],
    on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="The day it is promised for.")],
    note: Note = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Record that a customer promised to pay; reminders of these invoices pause."""
    when, promised = moment_of(as_of), PromiseWording(parse_date(on), parse_amount(amount), note)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, _WORK, customer, company)
        # `--invoice A B` leaves B without a name: it is an invoice too.
        numbers = [*invoice, *(also or [])]
        invoices = reach.invoices_numbered(session, actor, _WORK, numbers, when.on, line.company_code)
        commitments.record_promise(session, actor, line, invoices, promised, when)
    messages.print(f"{line.name} promised {amount} for {on}.", markup=False)


@promise.command("end")
def end_promise(
    customer: str,
    invoice: Invoices,
    reason: Why,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """End an open promise before its day, saying why; reminders of its invoices go on."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, _WORK, customer, company)
        invoices = reach.invoices_numbered(session, actor, _WORK, invoice, when.on, line.company_code)
        ending.give_up(session, actor, ending.open_promise(session, actor, line, invoices, when.on), reason, when)
    messages.print(f"The promise of {line.name} is ended.", markup=False)


@dispute.command("open")
def open_dispute(
    invoice: Annotated[str, typer.Option("--invoice", metavar="NUMBER")],
    reason: Annotated[DisputeReason, typer.Option("--reason", help="What the customer objects to.")],
    note: Note = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Open a dispute; reminders of the invoice pause until it is closed."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        (line,) = reach.invoices_numbered(session, actor, _WORK, [invoice], when.on, company)
        commitments.open_dispute(session, actor, line, reason, note, when)
    messages.print(f"{invoice} is disputed since {when.on}.", markup=False)


@dispute.command("close")
def close_dispute(
    invoice: Annotated[str, typer.Option("--invoice", metavar="NUMBER")],
    outcome: Annotated[DisputeOutcome, typer.Option("--outcome", help="How it ended.")] = DisputeOutcome.WITHDRAWN,
    note: Note = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Close an invoice's dispute."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        (line,) = reach.invoices_numbered(session, actor, _WORK, [invoice], when.on, company)
        commitments.close_dispute(session, actor, line, outcome, note, when)
    messages.print(f"The dispute of {invoice} is closed since {when.on}.", markup=False)


@hold.command("set")
def set_hold(
    customer: str,
    reason: Why,
    until: Annotated[
        str, typer.Option("--until", metavar="YYYY-MM-DD", help="Its last day; none: until released.")
    ] = "",
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Put a customer on hold: no reminders, and sales is told to stop."""
    when, last = moment_of(as_of), parse_date(until) if until else None
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, _WORK, customer, company)
        holds.set_hold(session, actor, line, reason, when, last)
    messages.print(f"{line.name} is on hold since {when.on}.", markup=False)


@hold.command("release")
def release_hold(customer: str, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """Release a customer's hold."""
    when = moment_of(as_of)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, _WORK, customer, company)
        holds.release_hold(session, actor, line, when)
    messages.print(f"{line.name} is released since {when.on}.", markup=False)


def _task(rank: int, task: Task) -> dict[str, Any]:
    facts = task.owed
    return {
        "rank": rank,
        "customer": task.customer.code,
        "company": task.customer.company_code,
        "name": task.customer.name,
        "score": task.score,
        "reasons": [
            {"code": reason.code, "text": sentence(reason, _ENGLISH), "points": reason.points}
            for reason in task.reasons
        ],
        "action": _action(task),
        "overdue": decimal_string(facts.overdue_minor, facts.currency),
        "open": decimal_string(facts.open_minor, facts.currency),
        "currency": facts.currency,
        "state": task.state.value,
    }


def _telling(task: Task) -> list[Reason]:
    """Return the weightiest reasons; the amount has a column of its own."""
    return [reason for reason in task.reasons if reason.code != "amount_at_stake"][:3]


def _action(task: Task) -> str:
    return task.action.value if task.action else ""
