"""Accepted orders that count against limits, and the numbers of the invoices that would free them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.credit.terms import counts_on, left_of_order
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow, OrderReservationRow

INVOICED, EXPIRED, RELEASED = "invoiced", "expired", "released"


@dataclass(frozen=True, slots=True)
class Reservation:
    """An accepted order; ``left_minor`` is what no invoice has taken the place of, in minor units."""

    reservation_id: int
    customer_id: int
    company_code: str
    customer_code: str
    reference: str
    amount_minor: int
    left_minor: int
    currency: str
    reserved_on: date
    expires_on: date
    made_by: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """An invoice by its number."""

    invoice_id: int
    number: str
    due_on: date
    currency: str


def reservations(session: Session, customers: ColumnElement[bool], as_of: date) -> list[Reservation]:
    """Return the accepted orders of ``customers`` that count on ``as_of``, the newest first."""
    row, left = OrderReservationRow, left_of_order(as_of)
    question = (
        select(
            col(row.id),
            col(row.customer_id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(row.reference),
            col(row.amount_minor),
            left,
            col(row.currency),
            col(row.reserved_on),
            col(row.expires_on),
            col(row.made_by),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(customers, counts_on(as_of), left > 0)
        .order_by(col(row.id).desc())
    )
    return [Reservation(*values) for values in session.execute(question)]


def numbered(session: Session, invoice_ids: Collection[int]) -> dict[int, Numbered]:
    """Return the numbers and due dates of invoices by their keys."""
    row = InvoiceRow
    question = select(col(row.id), col(row.number), col(row.due_on), col(row.currency))
    found = session.execute(question.where(col(row.id).in_(invoice_ids)))
    return {values[0]: Numbered(*values) for values in found}


def end_spent(session: Session, on: date) -> int:
    """End the accepted orders that are expired or wholly invoiced on ``on``; return how many."""
    row = OrderReservationRow
    waiting = col(row.ended_on).is_(None)
    expired = update(row).where(waiting, col(row.expires_on) < on)
    spent = select(col(row.id)).where(waiting, left_of_order(on) == 0)
    done = list(session.execute(spent).scalars())
    invoiced = update(row).where(col(row.id).in_(done), waiting).values(ended_on=on, ended_as=INVOICED)
    ended = session.execute(invoiced).rowcount if done else 0  # type: ignore[attr-defined]  # of a cursor's result
    late = session.execute(expired.values(ended_on=on, ended_as=EXPIRED)).rowcount  # type: ignore[attr-defined]  # too
    return int(ended + late)


def lock(session: Session, customer_id: int) -> None:
    """Let one order of a customer be decided at a time: two that each fit may not fit together."""
    session.execute(select(col(CustomerRow.id)).where(col(CustomerRow.id) == customer_id).with_for_update())
