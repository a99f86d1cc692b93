"""What customers say about invoices: promises to pay and disputes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.tables import DisputeRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.collecting.commitments import (
    LONGEST_PROMISE,
    MOST_DATES,
    DisputeOutcome,
    DisputeReason,
    answer_due,
)
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.domain.money import Money, to_minor
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import cases, ending, proposals, series, telling, touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reach import InvoiceLine


@dataclass(frozen=True, slots=True)
class PromiseWording:
    """What was promised: how much (nothing said: all of it), for when, and in whose words.

    ``later`` are further dates of the same promise, each with its amount.
    """

    promised_for: date
    amount: Decimal | None = None
    note: str = ""
    later: tuple[tuple[date, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class DisputeWording:
    """What is disputed of an invoice and who answers it by when; left empty: all of it, by the reason, a fortnight."""

    note: str = ""
    amount: Decimal | None = None
    owner: str = ""
    answer_due_on: date | None = None
    told: tuple[str, ...] = ()  # who else is concerned


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a dispute ended, in words, and what a credit note would be for."""

    outcome: DisputeOutcome
    note: str = ""
    credit: Decimal | None = None


def record_promise(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    invoices: Sequence[InvoiceLine],
    promised: PromiseWording,
    when: Moment,
) -> int:
    """Record that a customer promised to pay an amount of these invoices on a day; reminders of them pause.

    What was promised of them before for another day is replaced by it, and not broken.
    """
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    parts = _parts(line, invoices, promised, when.on)
    note = touchpoints.checked_text(promised.note)
    currency = invoices[0].currency
    replaced = ending.replace(session, line, invoices, sum(minor for _, minor in parts), when.on)
    ids = series.store(session, actor, series.Agreed(line, invoices, currency, note), parts, when)
    facts = {
        "promise_id": ids[0],
        "promise_ids": ids,
        "amount_minor": sum(minor for _, minor in parts),
        "currency": currency,
        "promised_for": parts[0][0].isoformat(),
        "dates": [on.isoformat() for on, _ in parts],
        "invoices": [invoice.number for invoice in invoices],
        "replaced": replaced,
    }
    return touchpoints.write(session, actor, line, "promise", when, text=note, **facts)


def open_dispute(
    session: Session,
    actor: Actor,
    invoice: InvoiceLine,
    reason: DisputeReason,
    wording: DisputeWording | str,
    when: Moment,
) -> int:
    """Record a customer's objection to an invoice; its reminders pause until it is closed."""
    said = DisputeWording(wording) if isinstance(wording, str) else wording
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, invoice.customer_id)
    if invoice.open_minor <= 0 or invoice.invoice_on > when.on:
        raise RefusedError(f"Nothing of {invoice.number} is open on {when.on}.", "A settled invoice needs no dispute.")
    if _open_dispute(session, invoice.invoice_id) is not None:
        raise RefusedError(f"{invoice.number} is disputed already.", "Close that dispute first.")
    usual = line.sales_email if reason.is_for_sales and line.sales_email else line.collector_email
    row = DisputeRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        invoice_id=invoice.invoice_id,
        reason=reason.value,
        note=touchpoints.checked_text(said.note),
        owner_email=cases.checked_owner(session, line, said.owner) or usual or actor.email,
        opened_on=when.on,
        answer_due_on=cases.checked_day(said.answer_due_on, when.on) or answer_due(when.on),
        opened_by=actor.email,
    )
    session.add(row)
    session.flush()
    case = cases.begin(session, actor, (line, invoice, row), said.amount, said.told)
    amount = case.amount_minor
    facts = {
        "dispute_id": row.id,
        "invoice": invoice.number,
        "reason": reason.value,
        "owner": row.owner_email,
        "answer_due_on": row.answer_due_on.isoformat(),
        "told": case.told,
    }
    if amount is not None:
        facts |= {"amount_minor": amount, "currency": invoice.currency}
    what = (telling.OPENED, invoice.number, reason.value)
    facts["told_touchpoint"] = telling.tell(session, actor, line, what, [row.owner_email, *case.told], said.note, when)
    return touchpoints.write(session, actor, line, "dispute", when, text=said.note, **facts)


def close_dispute(
    session: Session, actor: Actor, invoice: InvoiceLine, how: Resolution | DisputeOutcome, note: str, when: Moment
) -> int:
    """Close the open dispute of an invoice with its outcome; reminders may go on.

    A credit note is proposed to a credit manager, by whom it is decided.
    """
    said = Resolution(how, note) if isinstance(how, DisputeOutcome) else how
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, invoice.customer_id)
    row = _open_dispute(session, invoice.invoice_id)
    if row is None or row.opened_on > when.on:
        raise RefusedError(f"{invoice.number} is not disputed on {when.on}.", "Check the number.")
    credit = cases.credit_minor(invoice, said.credit)
    row.closed_on, row.outcome = when.on, said.outcome.value
    case = cases.of(session, row)
    case.resolution, case.closed_by, case.credit_minor = touchpoints.checked_text(said.note), actor.email, credit
    facts: dict[str, object] = {"dispute_id": row.id, "invoice": invoice.number, "outcome": said.outcome.value}
    if credit is not None:
        wish = proposals.Wish("credit_note", said.note or said.outcome.value, credit, dispute_id=row.id)
        facts["proposal_id"] = proposals.store(session, actor, line, wish, [invoice], when)
        facts |= {"credit_minor": credit, "currency": invoice.currency}
    what, concerned = (telling.CLOSED, invoice.number, said.outcome.value), [row.owner_email, *case.told]
    facts["told_touchpoint"] = telling.tell(session, actor, line, what, concerned, said.note, when)
    return touchpoints.write(session, actor, line, "dispute_closed", when, text=said.note, **facts)


def _parts(
    line: CustomerLine, invoices: Sequence[InvoiceLine], promised: PromiseWording, on: date
) -> list[series.Part]:
    """Return what is promised for each day; raise ``InputError`` when these invoices or days cannot carry it."""
    days = [promised.promised_for, *(day for day, _ in promised.later)]
    for day in days:
        if not on <= day <= on + LONGEST_PROMISE:
            raise InputError(f"{day} is no day to promise for.", "Choose today or a day within a year.")
    if len(set(days)) < len(days):
        raise InputError("Two of the dates are the same.", "Add their amounts.")
    if len(days) > MOST_DATES:
        raise InputError(f"A promise of {len(days)} dates is none.", "Agree a payment plan instead.")
    if promised.later and promised.amount is None:
        raise InputError("The first date has no amount.", "Give one for each date.")
    amounts = [promised.amount, *(amount for _, amount in promised.later)]
    if not promised.later:
        return [(days[0], _promised_amount(line, invoices, promised.amount).minor)]
    whole = sum((amount for amount in amounts if amount is not None), Decimal(0))
    currency = _promised_amount(line, invoices, whole).currency
    parts = [(day, to_minor(amount, currency)) for day, amount in zip(days, amounts, strict=True) if amount is not None]
    if any(minor <= 0 for _, minor in parts):
        raise InputError("One of the amounts is nothing.", "Leave that date out.")
    return sorted(parts)


def _promised_amount(line: CustomerLine, invoices: Sequence[InvoiceLine], amount: Decimal | None) -> Money:
    """Return the promised amount; raise ``InputError`` when these invoices cannot carry it."""
    if not invoices:
        raise InputError("A promise needs its invoices.", "Name at least one.")
    reach.check_owed(line, invoices)
    if len({invoice.invoice_id for invoice in invoices}) < len(invoices):
        raise InputError("An invoice is named twice.", "Name each once.")
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
