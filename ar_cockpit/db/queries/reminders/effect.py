"""What the effect of reminders is seen in: the newest overdue invoices and when they were reminded."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CustomerRow, InvoiceRow, MessageItemRow
from ar_cockpit.domain.cadence.effect import LAST_DAY, Life
from ar_cockpit.domain.figures.receivables import Kind

_YEAR = timedelta(days=365)
_MOST = 200_000  # invoices, the newest first: a ratio of rates gains little from more


def lives(session: Session, wanted: ColumnElement[bool], as_of: date) -> list[Life]:
    """Return the invoices that fell due in the year before ``as_of`` and were open after their due date."""
    row = InvoiceRow
    question = (
        select(
            col(row.id),
            case(
                (col(row.closed_on) <= as_of, days_between(col(row.closed_on), col(row.due_on))),
                else_=days_between(literal(as_of), col(row.due_on)),
            ),
            col(row.closed_on) <= as_of,
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(
            wanted,
            col(row.kind) == Kind.INVOICE.value,
            col(row.amount_minor) > 0,
            col(row.written_off_on).is_(None),
            col(row.due_on).between(as_of - _YEAR, as_of - timedelta(days=1)),
            col(row.closed_on) > col(row.due_on),
        )
        .order_by(col(row.due_on).desc(), col(row.id))
        .limit(_MOST)
    )
    return [Life(invoice_id, int(end), bool(settled)) for invoice_id, end, settled in stream(session, question)]


def reminders(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, list[int]]:
    """Return the days overdue at which invoices were reminded, by invoice."""
    item, row = MessageItemRow, InvoiceRow
    question = (
        select(col(item.invoice_id), days_between(col(item.business_on), col(row.due_on)))
        .join(row, and_(col(item.company_id) == col(row.company_id), col(item.invoice_id) == col(row.id)))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(
            wanted,
            col(item.dropped) == "",
            col(item.step_offset) >= 0,
            col(item.business_on) <= as_of,
            col(row.due_on) >= as_of - _YEAR,
        )
    )
    found: dict[int, list[int]] = defaultdict(list)
    for invoice_id, days in stream(session, question):
        if 0 <= days < LAST_DAY:
            found[invoice_id].append(days)
    return found
