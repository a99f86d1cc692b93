"""What customers say about invoices: promises to pay and disputes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import DisputeRow, PromiseInvoiceRow, PromiseRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.commitments import LONGEST_PROMISE, DisputeOutcome, DisputeReason, answer_due
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.domain.money import Money, to_minor
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reach import InvoiceLine
from ar_cockpit.settings import get_settings


@dataclass(frozen=True, slots=True)
class PromiseWording:
    """What was promised: how much (nothing said: all of it), for when, and in whose words."""

    promised_for: date
    amount: Decimal | None = None
    note: str = ""


def record_promise(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    invoices: Sequence[InvoiceLine],
    promised: PromiseWording,
    when: Moment,
) -> int:
    """Record that a customer promised to pay an amount of these invoices on a day; reminders of them pause."""
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    amount = _promised_amount(line, invoices, promised.amount)
    if not when.on <= promised.promised_for <= when.on + LONGEST_PROMISE:
        raise InputError(f"{promised.promised_for} is no day to promise for.", "Choose today or a day within a year.")
    note = touchpoints.checked_text(promised.note)
    row = PromiseRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        made_on=when.on,
        promised_for=promised.promised_for,
        grace_days=get_settings().promise_grace_days,
        note=note,
        made_by=actor.email,
    )
    session.add(row)
    session.flush()
    session.add_all(
        PromiseInvoiceRow(company_id=line.company_id, promise_id=row.id, invoice_id=invoice.invoice_id)
        for invoice in invoices
    )
    facts = {
        "promise_id": row.id,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "promised_for": promised.promised_for.isoformat(),
        "invoices": [invoice.number for invoice in invoices],
    }
    return touchpoints.write(session, actor, line, "promise", when, text=note, **facts)


def open_dispute(
    session: Session, actor: Actor, invoice: InvoiceLine, reason: DisputeReason, note: str, when: Moment
) -> int:
    """Record a customer's objection to an invoice; its reminders pause until it is closed."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, invoice.customer_id)
    if invoice.open_minor <= 0 or invoice.invoice_on > when.on:
        raise RefusedError(f"Nothing of {invoice.number} is open on {when.on}.", "A settled invoice needs no dispute.")
    if _open_dispute(session, invoice.invoice_id) is not None:
        raise RefusedError(f"{invoice.number} is disputed already.", "Close that dispute first.")
    owner = line.sales_email if reason.is_for_sales and line.sales_email else line.collector_email
    row = DisputeRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        invoice_id=invoice.invoice_id,
        reason=reason.value,
        note=touchpoints.checked_text(note),
        owner_email=owner or actor.email,
        opened_on=when.on,
        answer_due_on=answer_due(when.on),
        opened_by=actor.email,
    )
    session.add(row)
    session.flush()
    facts = {
        "dispute_id": row.id,
        "invoice": invoice.number,
        "reason": reason.value,
        "owner": row.owner_email,
        "answer_due_on": row.answer_due_on.isoformat(),
    }
    return touchpoints.write(session, actor, line, "dispute", when, text=note, **facts)


def close_dispute(
    session: Session, actor: Actor, invoice: InvoiceLine, outcome: DisputeOutcome, note: str, when: Moment
) -> int:
    """Close the open dispute of an invoice with its outcome; reminders may go on."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, invoice.customer_id)
    row = _open_dispute(session, invoice.invoice_id)
    if row is None or row.opened_on > when.on:
        raise RefusedError(f"{invoice.number} is not disputed on {when.on}.", "Check the number.")
    row.closed_on, row.outcome = when.on, outcome.value
    facts = {"dispute_id": row.id, "invoice": invoice.number, "outcome": outcome.value}
    return touchpoints.write(session, actor, line, "dispute_closed", when, text=note, **facts)


def _promised_amount(line: CustomerLine, invoices: Sequence[InvoiceLine], amount: Decimal | None) -> Money:
    """Return the promised amount; raise ``InputError`` when these invoices cannot carry it."""
    if not invoices:
        raise InputError("A promise needs its invoices.", "Name at least one.")
    for invoice in invoices:
        if invoice.customer_id != line.customer_id:
            raise InputError(f"{invoice.number} is not an invoice of {line.code}.", "Check the number.")
        if invoice.open_minor <= 0:
            raise InputError(f"Nothing of {invoice.number} is open.", "Leave it out.")
    currencies = sorted({invoice.currency for invoice in invoices})
    if len(currencies) > 1:
        raise InputError(f"The invoices are in {' and '.join(currencies)}.", "Record one promise for each currency.")
    owed = Money(sum(invoice.open_minor for invoice in invoices), currencies[0])
    promised = owed if amount is None else Money(to_minor(amount, owed.currency), owed.currency)
    if not 0 < promised.minor <= owed.minor:
        raise InputError(f"{promised} cannot be promised: {owed} is open.", "Give more than zero and at most that.")
    return promised


def _open_dispute(session: Session, invoice_id: int) -> DisputeRow | None:
    still_open = (DisputeRow.invoice_id == invoice_id, col(DisputeRow.closed_on) == OPEN_END)
    return session.exec(select(DisputeRow).where(*still_open)).first()
