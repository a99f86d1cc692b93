"""What is open of invoices and unapplied of payments: the one place that derives it from the allocations."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true, update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import AllocationRow, DisputeRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.services.webhooks import outbox


def refresh_open(
    session: Session, invoice_ids: Collection[int] | None = None, payment_ids: Collection[int] | None = None
) -> None:
    """Bring open amounts, settlement dates and unapplied cash into line with the allocations.

    Called in the transaction that changes allocations, with the invoices and payments they touch; ``None`` means
    all of them. Rows that are right already are not written. A dispute known only from an import's flag ends on the
    settlement date.
    """
    session.flush()
    if invoice_ids is None or invoice_ids:
        were_open = outbox.open_among(session, invoice_ids)
        _refresh_invoices(session, invoice_ids)
        outbox.note_settled(session, were_open)
        _end_settled_disputes(session, invoice_ids)
    if payment_ids is None or payment_ids:
        _refresh_payments(session, payment_ids)
    for row in list(session):
        if isinstance(row, InvoiceRow | PaymentRow | DisputeRow):
            session.expire(row)


def _refresh_invoices(session: Session, ids: Collection[int] | None) -> None:
    invoice, allocation = InvoiceRow, AllocationRow
    applied = func.coalesce(func.sum(col(allocation.amount_minor)), 0)
    last = func.max(col(allocation.allocated_on))
    issued = col(invoice.invoice_on)
    settled_on = case((last > issued, last), else_=issued)
    derived: Select[Any] = (
        select(
            col(invoice.id).label("id"),
            (col(invoice.amount_minor) - applied).label("open_minor"),
            case((applied == col(invoice.amount_minor), settled_on), else_=OPEN_END).label("closed_on"),
        )
        .outerjoin(allocation, col(allocation.invoice_id) == col(invoice.id))
        .where(_chosen(session, col(invoice.id), ids))
        .group_by(col(invoice.id), col(invoice.amount_minor), col(invoice.invoice_on))
    )
    found = derived.subquery()
    session.execute(
        update(invoice)
        .where(
            _chosen(session, col(invoice.id), ids),  # said of both sides: else all rows are gone through to join them
            col(invoice.id) == found.c.id,
            or_(col(invoice.open_minor) != found.c.open_minor, col(invoice.closed_on) != found.c.closed_on),
        )
        .values(open_minor=found.c.open_minor, closed_on=found.c.closed_on)
        .execution_options(synchronize_session=False)
    )


def _refresh_payments(session: Session, ids: Collection[int] | None) -> None:
    payment, allocation = PaymentRow, AllocationRow
    applied = func.coalesce(func.sum(col(allocation.amount_minor)), 0)
    found = (
        select(col(payment.id).label("id"), (col(payment.amount_minor) - applied).label("unapplied_minor"))
        .outerjoin(allocation, col(allocation.payment_id) == col(payment.id))
        .where(_chosen(session, col(payment.id), ids))
        .group_by(col(payment.id), col(payment.amount_minor))
        .subquery()
    )
    session.execute(
        update(payment)
        .where(
            _chosen(session, col(payment.id), ids),
            col(payment.id) == found.c.id,
            col(payment.unapplied_minor) != found.c.unapplied_minor,
        )
        .values(unapplied_minor=found.c.unapplied_minor)
        .execution_options(synchronize_session=False)
    )


def _end_settled_disputes(session: Session, ids: Collection[int] | None) -> None:
    invoice, dispute = InvoiceRow, DisputeRow
    session.execute(
        update(dispute)
        .where(
            and_(
                col(dispute.invoice_id) == col(invoice.id),
                col(dispute.opened_on_is_known).is_(False),
                col(dispute.closed_on) == OPEN_END,
                col(invoice.closed_on) != OPEN_END,
                _chosen(session, col(dispute.invoice_id), ids),
            )
        )
        .values(closed_on=col(invoice.closed_on))
        .execution_options(synchronize_session=False)
    )


def _chosen(session: Session, column: Any, ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if ids is None else among(session, column, sorted(ids))
