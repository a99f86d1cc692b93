"""`ar-cockpit queue`, `standing`, and the collector's acts for scripts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsOf, AsUser, Company, acting, asking, business_date, emit_json, parse_date
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.commitments import DisputeOutcome, DisputeReason
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import credit, groups, reach
from ar_cockpit.services.clock import now
from ar_cockpit.services.collecting import commitments, holds, worklist
from ar_cockpit.services.collecting.commitments import PromiseWording
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.collecting.worklist import Task
from ar_cockpit.services.credit import CustomerStanding
from ar_cockpit.services.groups import GroupStanding
from ar_cockpit.state.display.reasons import STANDING, sentence
from ar_cockpit.state.display.rows import money

_ENGLISH = "en"
_WORK = Permission.WORK_CUSTOMERS
Note = Annotated[str, typer.Option("--note", help="What was said, in a few words.")]
Invoices = Annotated[list[str], typer.Option("--invoice", metavar="NUMBER", help="Once for each invoice.")]

promise = typer.Typer(help="Promises to pay.", no_args_is_help=True)
dispute = typer.Typer(help="Disputes of invoices.", no_args_is_help=True)
hold = typer.Typer(help="Stop and release a customer.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("queue")(queue)
    app.command("standing")(standing)
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


def standing(
    customer: str,
    order_amount: Annotated[str, typer.Option("--order-amount", metavar="AMOUNT", help="An order to check.")] = "",
    currency: Annotated[str, typer.Option("--currency", metavar="EUR", help="The order's currency.")] = "",
    as_json: AsJson = False,
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """May sales take an order from this customer, and why."""
    day = business_date(as_of)
    with asking(as_user) as (session, actor):
        judged = credit.standing_coded(session, actor, customer, as_of=day, company=company)
        group = groups.group_of(session, actor, judged.customer, judged.facts.currency, day)
    document = _standing(judged) | {"group": _group(group) if group else None}
    if order_amount:
        minor, chosen, answer = credit.order(judged, _amount(order_amount), currency)
        document["order"] = {
            "amount": decimal_string(minor, chosen),
            "currency": chosen,
            "decision": answer.decision.value,
            "reasons": [
                {"code": reason.code, "text": sentence(reason, _ENGLISH, STANDING)} for reason in answer.reasons
            ],
        }
    if as_json:
        emit_json(document)
    else:
        _print_standing(document)


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
    when, promised = _moment(as_of), PromiseWording(parse_date(on), _amount(amount), note)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, _WORK, customer, company)
        # `--invoice A B` leaves B without a name: it is an invoice too.
        numbers = [*invoice, *(also or [])]
        invoices = reach.invoices_numbered(session, actor, _WORK, numbers, when.on, line.company_code)
        commitments.record_promise(session, actor, line, invoices, promised, when)
    messages.print(f"{line.name} promised {amount} for {on}.", markup=False)


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
    when = _moment(as_of)
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
    when = _moment(as_of)
    with acting(as_user) as (session, actor):
        (line,) = reach.invoices_numbered(session, actor, _WORK, [invoice], when.on, company)
        commitments.close_dispute(session, actor, line, outcome, note, when)
    messages.print(f"The dispute of {invoice} is closed since {when.on}.", markup=False)


@hold.command("set")
def set_hold(
    customer: str,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    as_of: AsOf = "",
    as_user: AsUser = "",
    company: Company = "",
) -> None:
    """Put a customer on hold: no reminders, and sales is told to stop."""
    when = _moment(as_of)
    with acting(as_user) as (session, actor):
        line = reach.customer_coded(session, actor, _WORK, customer, company)
        holds.set_hold(session, actor, line, reason, when)
    messages.print(f"{line.name} is on hold since {when.on}.", markup=False)


@hold.command("release")
def release_hold(customer: str, as_of: AsOf = "", as_user: AsUser = "", company: Company = "") -> None:
    """Release a customer's hold."""
    when = _moment(as_of)
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


def _standing(judged: CustomerStanding) -> dict[str, Any]:
    facts, currency = judged.facts, judged.facts.currency
    return {
        "customer": judged.customer.code,
        "company": judged.customer.company_code,
        "name": judged.customer.name,
        "standing": judged.standing.level.value,
        "reasons": [
            {"code": reason.code, "text": sentence(reason, _ENGLISH, STANDING)} for reason in judged.standing.reasons
        ],
        "currency": currency,
        "credit_limit": _or_none(facts.limit_minor, currency),
        "open": decimal_string(facts.open_minor, currency),
        "overdue": decimal_string(facts.overdue_minor, currency),
        "max_days_overdue": facts.days_overdue,
        "available_credit": _or_none(facts.available_minor, currency),
        "credit_notes": decimal_string(judged.credit_notes_minor, currency),
        "unapplied_cash": decimal_string(judged.unapplied_minor, currency),
    }


def _group(group: GroupStanding) -> dict[str, Any]:
    currency, day = group.currency, group.rates.rate_date
    return {
        "code": group.code,
        "name": group.name,
        "customers": [member.code for member in group.members],
        "standing": group.level.value,
        "currency": currency,
        "credit_limit": _or_none(group.limit_minor, currency),
        "open": _or_none(group.open_minor, currency),
        "overdue": _or_none(group.overdue_minor, currency),
        "available_credit": _or_none(group.available_minor, currency),
        "rate_date": day.isoformat() if day else None,
        "errors": [
            {"currency": one.currency, "date": one.on.isoformat(), "message": one.sentence} for one in group.missing
        ],
    }


def _print_standing(document: dict[str, Any]) -> None:
    table = Table(f"{document['name']} ({document['customer']})", document["standing"].upper())
    for reason in document["reasons"]:
        table.add_row("", reason["text"])
    for key in ("open", "overdue", "max_days_overdue", "credit_limit", "available_credit"):
        value = document[key]
        table.add_row(key.replace("_", " "), "—" if value is None else f"{value}")
    if document["group"]:
        group = document["group"]
        amounts = (f"{key} {'—' if group[key] is None else group[key]}" for key in ("open", "overdue"))
        told = f"{', '.join(amounts)} {group['currency']}, {len(group['customers'])} customers, {group['standing']}"
        table.add_row(f"group {group['name']} ({group['code']})", told)
    if "order" in document:
        answer = document["order"]
        why = " ".join(reason["text"] for reason in answer["reasons"])
        table.add_row(f"order of {answer['amount']} {answer['currency']}", f"{answer['decision']}: {why}")
    tables.print(table)


def _or_none(minor: int | None, currency: str) -> str | None:
    return None if minor is None else decimal_string(minor, currency)


def _amount(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise InputError(f"{written!r} is not an amount.", "Write it as 1234.50.") from error


def _moment(as_of: str) -> Moment:
    return Moment(business_date(as_of), now())
