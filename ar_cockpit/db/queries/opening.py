"""What a company's documents and payments left open before a day, without what later imports did to them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, PaymentRow


class LeftOpen(NamedTuple):
    """A document or payment with what was open of it, signed as its amount is; ``ref`` names a payment's document."""

    customer: str
    number: str
    ref: str
    on: date
    minor: int


@dataclass(frozen=True, slots=True)
class Before:
    """A company's state before a day: with what these imports brought, whatever its date, and without those."""

    company_id: int
    day: date
    with_imports: Collection[int]
    without_imports: Collection[int]

    def holds(self, session: Session, imported_by: Any, on: Any) -> ColumnElement[bool]:
        """Return the condition that a row, dated ``on`` and brought by an import, is part of that state."""
        neither = or_(imported_by.is_(None), ~among(session, imported_by, self.without_imports))
        return or_(among(session, imported_by, self.with_imports), and_(neither, on < self.day))


def documents_left(session: Session, before: Before) -> list[LeftOpen]:
    """Return the documents that were open."""
    row = InvoiceRow
    return _left(session, before, row, (col(row.invoice_on), col(row.number), col(AllocationRow.invoice_id)))


def payments_left(session: Session, before: Before) -> list[LeftOpen]:
    """Return the payments that were not wholly applied."""
    row = PaymentRow
    return _left(session, before, row, (col(row.paid_on), col(row.reference), col(AllocationRow.payment_id)))


def _left(session: Session, before: Before, row: Any, its: tuple[Any, Any, Any]) -> list[LeftOpen]:
    on, ref, key = its
    allocation = AllocationRow
    in_time = before.holds(session, col(allocation.import_batch_id), col(allocation.allocated_on))
    left = cast(col(row.amount_minor) - func.coalesce(func.sum(col(allocation.amount_minor)), 0), BigInteger)
    question = (
        sqlalchemy.select(col(CustomerRow.code), col(row.number), ref, on, left)
        .select_from(row)
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .outerjoin(allocation, and_(key == col(row.id), in_time))
        .where(col(row.company_id) == before.company_id, before.holds(session, col(row.import_batch_id), on))
        .group_by(col(CustomerRow.code), col(row.id), col(row.number), ref, on, col(row.amount_minor))
        .having(left != 0)
        .order_by(on, col(row.number))
    )
    return [LeftOpen(*found) for found in session.execute(question)]
