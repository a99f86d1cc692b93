"""A mark that changes whenever something happened with one customer: two equal ones mean nothing to show anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, func, select
from sqlmodel import Session, col

from ar_cockpit.db.tables import AuditRow, InvoiceRow, MessageRow, PaymentRow, SegmentChangeRow, TouchpointRow
from ar_cockpit.db.together import CUSTOMER, Together

_WAITS = ("queued", "claimed", "sending")


def mark(session: Session, customer_id: int, company: str, code: str) -> str:
    """Return the mark of a customer, by one statement over its own rows."""
    told = _ASKED.ask(session, customer=customer_id)
    entry = (col(AuditRow.object_type) == "customer", col(AuditRow.object_key) == f"{company}/{code}")
    audited = session.execute(select(func.max(col(AuditRow.id))).where(*entry)).scalar()
    facts = [value for name in sorted(told) for row in told[name] for value in row]
    return "-".join(str(value or 0) for value in (audited, *facts))


def _questions() -> dict[str, Select[*tuple[Any, ...]]]:
    message, invoice = MessageRow, InvoiceRow
    waiting = func.sum(case((col(message.state).in_(_WAITS), 1), else_=0))
    went = func.sum(case((col(message.state).in_(("sent", "done")), 1), else_=0))
    return {
        "acts": select(func.max(col(TouchpointRow.id))).where(col(TouchpointRow.customer_id) == CUSTOMER),
        "messages": select(func.max(col(message.id)), waiting, went).where(col(message.customer_id) == CUSTOMER),
        "invoices": select(func.count(), func.sum(col(invoice.open_minor)), func.max(col(invoice.id))).where(
            col(invoice.customer_id) == CUSTOMER
        ),
        "payments": select(func.max(col(PaymentRow.id))).where(col(PaymentRow.customer_id) == CUSTOMER),
        "segments": select(func.max(col(SegmentChangeRow.id))).where(col(SegmentChangeRow.customer_id) == CUSTOMER),
    }


_ASKED = Together(_questions)
