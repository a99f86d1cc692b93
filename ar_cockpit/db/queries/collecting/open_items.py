"""What is open of customers on any day, one narrow row a document, with what stops it from being chased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlmodel import Session, col

from ar_cockpit.db.tables import AllocationRow, CustomerRow, DisputeRow, InvoiceRow
from ar_cockpit.db.together import Day


@dataclass(frozen=True, slots=True)
class OpenItem:
    """A document open on the day asked for; credit notes are negative."""

    invoice_id: int
    customer_id: int
    currency: str
    due_on: date
    open_minor: int
    is_disputed: bool
    is_written_off: bool


def open_items(session: Session, customers: ColumnElement[bool], as_of: date) -> list[OpenItem]:
    """Return the documents of ``customers`` that are open on ``as_of``, oldest due date first."""
    return items(session.execute(open_items_question(customers, as_of)))


def open_items_question(customers: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`items` reads the answer of."""
    written_off = func.coalesce(col(InvoiceRow.written_off_on) <= as_of, False)
    return (
        select(
            col(InvoiceRow.id),
            col(InvoiceRow.customer_id),
            col(InvoiceRow.currency),
            col(InvoiceRow.due_on),
            open_on(as_of).label("open_minor"),
            is_disputed_on(as_of),
            written_off,
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(customers, is_open_on(as_of))
        .order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    )


def items(rows: Iterable[Sequence[Any]]) -> list[OpenItem]:
    """Return the documents with something open among ``rows``."""
    return [
        OpenItem(invoice, customer, currency, due_on, int(minor), bool(disputed), bool(off))
        for invoice, customer, currency, due_on, minor, disputed, off in rows
        if minor
    ]


def is_open_on(as_of: Day | ColumnElement[date]) -> ColumnElement[bool]:
    """Return whether a document exists on ``as_of`` and is settled only later."""
    return and_(col(InvoiceRow.invoice_on) <= as_of, col(InvoiceRow.closed_on) > as_of)


def is_note() -> ColumnElement[bool]:
    """Return whether a document is negative; written out, so that the index of those few serves."""
    return col(InvoiceRow.amount_minor) < literal_column("0")


def open_on(as_of: Day) -> ColumnElement[int]:
    """Return a document's open amount on ``as_of``: what is open now plus what was applied later."""
    later = (
        select(func.coalesce(func.sum(col(AllocationRow.amount_minor)), 0))
        .where(col(AllocationRow.invoice_id) == col(InvoiceRow.id), col(AllocationRow.allocated_on) > as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )
    # PostgreSQL widens sums of big integers to numeric.
    return cast(col(InvoiceRow.open_minor) + later, BigInteger)


def paid_later(as_of: date, company_ids: Sequence[int]) -> Subquery:
    """Return what was applied after ``as_of``, by document: near today a handful of rows, joined once for all."""
    row = AllocationRow
    # No plain column, so that SQLite does not walk all allocations in the order of their invoices to spare itself a
    # sort; and an integer to it, so that it makes an index of the few rows for the join.
    key = cast(col(row.invoice_id) + literal_column("0"), Integer)
    return (
        select(key.label("invoice_id"), func.sum(col(row.amount_minor)).label("minor"))
        .where(col(row.company_id).in_(company_ids), col(row.allocated_on) > as_of)
        .group_by(key)
        .subquery("later")
    )


def applied_later(as_of: date, company_ids: Sequence[int]) -> Subquery:
    """Return what was applied after ``as_of``, by payment; summed first, so that no plan begins with all payments."""
    row = AllocationRow
    key = cast(col(row.payment_id) + literal_column("0"), Integer)
    return (
        select(key.label("payment_id"), func.sum(col(row.amount_minor)).label("minor"))
        .where(col(row.company_id).in_(company_ids), col(row.allocated_on) > as_of)
        .group_by(key)
        .subquery("applied_later")
    )


def open_with(later: Subquery) -> ColumnElement[int]:
    """Return a document's open amount, given what was applied to it later."""
    return cast(col(InvoiceRow.open_minor) + func.coalesce(later.c.minor, 0), BigInteger)


def is_disputed_on(as_of: Day) -> ColumnElement[bool]:
    """Return whether a dispute about the document is open on ``as_of``."""
    return (
        exists()
        .where(
            col(DisputeRow.invoice_id) == col(InvoiceRow.id),
            col(DisputeRow.opened_on) <= as_of,
            col(DisputeRow.closed_on) > as_of,
        )
        .correlate(InvoiceRow)
    )
