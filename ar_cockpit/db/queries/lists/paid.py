"""The documents that money of some days was for, and those that were settled so many days late."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.customers.behaviour import BANDS, LATE_DAYS
from ar_cockpit.domain.figures.listing import InvoiceQuestion, Show
from ar_cockpit.domain.figures.receivables import Kind


def paid_minor(asked: InvoiceQuestion) -> ColumnElement[int]:
    """Return what was paid of a document in the days asked for; nothing when none are."""
    if asked.paid is None:
        return literal(0)
    row = AllocationRow
    whole = select(func.coalesce(func.sum(col(row.amount_minor)), 0)).where(col(row.invoice_id) == col(InvoiceRow.id))
    paid: ColumnElement[int] = _within(whole, asked, asked.paid).correlate(InvoiceRow).scalar_subquery()
    return paid


def is_paid(asked: InvoiceQuestion) -> ColumnElement[bool]:
    """Return whether something was paid of a document in the days asked for."""
    if asked.paid is None:
        return false()
    found = col(InvoiceRow.id).in_(_within(select(col(AllocationRow.invoice_id)), asked, asked.paid))
    return and_(found, is_open_on(asked.known_on)) if asked.known_on else found


def received_unapplied(session: Session, reached: ColumnElement[bool], asked: InvoiceQuestion) -> dict[str, int]:
    """Return what of the payments of the days asked for was applied to no document, by currency."""
    if asked.paid is None or asked.show is not Show.RECEIVED:
        return {}
    row = PaymentRow
    applied = (
        select(func.coalesce(func.sum(col(AllocationRow.amount_minor)), 0))
        .where(col(AllocationRow.payment_id) == col(row.id), col(AllocationRow.allocated_on) <= asked.as_of)
        .correlate(row)
        .scalar_subquery()
    )
    payments: Select[*tuple[Any, ...]] = (
        select(col(row.currency).label("currency"), (col(row.amount_minor) - applied).label("minor"))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(reached, col(row.paid_on).between(asked.paid.start, asked.paid.end), *parts.conditions(asked.part))
    )
    if not asked.consolidated:
        payments = payments.where(col(row.currency) == asked.currency)
    told = payments.subquery("payments")
    question = select(told.c.currency, func.sum(told.c.minor)).group_by(told.c.currency)
    return {currency: int(minor) for currency, minor in session.execute(question)}


def is_late_by(asked: InvoiceQuestion) -> ColumnElement[bool]:
    """Return whether an invoice is one that a customer's days late are counted of, and falls into the band."""
    band = next(one for one in BANDS if one.key == asked.late)
    closed_on = col(InvoiceRow.closed_on)
    late = days_between(closed_on, col(InvoiceRow.due_on))
    ends = [late >= band.first] if band.first is not None else []
    ends += [late <= band.last] if band.last is not None else []
    counted = and_(closed_on > asked.as_of - LATE_DAYS, closed_on <= asked.as_of)
    return and_(col(InvoiceRow.kind) == Kind.INVOICE.value, counted, *ends)


def _within(question: Any, asked: InvoiceQuestion, days: Period) -> Any:
    row = AllocationRow
    if asked.show is Show.CAME:
        return question.where(col(row.allocated_on).between(days.start, days.end))
    payments = select(col(PaymentRow.id)).where(col(PaymentRow.paid_on).between(days.start, days.end))
    return question.where(col(row.payment_id).in_(payments), col(row.allocated_on) <= asked.as_of)
