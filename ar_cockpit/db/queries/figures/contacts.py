"""Overdue invoices and every contact about them, for what contacts change."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from sqlalchemy import func, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.conversation import DELIVERED, QUIET_TEMPLATES
from ar_cockpit.db.tables import InvoiceRow, MessageItemRow, MessageRow, TouchpointRow
from ar_cockpit.domain.figures.receivables import Kind

LOOK_BACK = timedelta(days=730)


def overdue_invoices(session: Session, company_id: int, as_of: date, most: int) -> pd.DataFrame:
    """Return the newest invoices that were unpaid after their due date: key, customer, due, settled, amount."""
    row = InvoiceRow
    question = (
        select(col(row.id), col(row.customer_id), col(row.due_on), col(row.closed_on), col(row.amount_minor))
        .where(
            col(row.company_id) == company_id,
            col(row.kind) == Kind.INVOICE.value,
            col(row.amount_minor) > 0,
            col(row.written_off_on).is_(None),
            col(row.due_on).between(as_of - LOOK_BACK, as_of - timedelta(days=1)),
            col(row.closed_on) > col(row.due_on),
        )
        .order_by(col(row.due_on).desc(), col(row.id))
        .limit(most)
    )
    return pd.DataFrame(
        [tuple(one) for one in session.execute(question)], columns=["key", "customer", "due", "settled", "amount"]
    )


def contacts(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """Return every message that asked for an invoice, and every call to its customer while it was overdue."""
    item, mail, row, touch = MessageItemRow, MessageRow, InvoiceRow, TouchpointRow
    since = as_of - LOOK_BACK
    written = (
        select(col(item.invoice_id), col(mail.business_on), col(mail.channel), col(mail.tone))
        .join(mail, col(mail.id) == col(item.message_row_id))
        .where(
            col(mail.company_id) == company_id,
            col(mail.business_on).between(since, as_of),
            col(item.dropped) == "",
            col(mail.state).in_(DELIVERED),
            col(mail.template).not_in(QUIET_TEMPLATES),
            col(mail.channel) != "call",  # told by the touchpoint, with the day it was made
        )
    )
    called = (
        select(col(row.id), col(touch.happened_on))
        .join(row, col(row.customer_id) == col(touch.customer_id))
        .where(
            col(touch.company_id) == company_id,
            col(touch.kind) == "call",
            col(touch.undone_at).is_(None),
            col(touch.happened_on).between(since, as_of),
            col(row.due_on) < col(touch.happened_on),
            col(row.closed_on) >= col(touch.happened_on),
            col(row.kind) == Kind.INVOICE.value,
        )
    )
    rows = [tuple(one) for one in session.execute(written)]
    rows += [(key, day, "call", "") for key, day in session.execute(called)]
    return pd.DataFrame(rows, columns=["key", "day", "channel", "tone"])


def mark(session: Session, company_id: int) -> str:
    """Return what changes with every message and touchpoint of a company."""
    facts = [
        session.execute(select(func.count(), func.max(col(row.id))).where(col(row.company_id) == company_id)).one()
        for row in (MessageRow, TouchpointRow)
    ]
    return "-".join(str(value or 0) for one in facts for value in one)
