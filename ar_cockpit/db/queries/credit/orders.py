"""Accepted orders that count against limits, and the numbers of the invoices that would free them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, bindparam, select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.credit.terms import counts_on, left_of_order
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow, OrderReservationRow
from ar_cockpit.db.together import AS_OF, CUSTOMER, Day, Together

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
    counting = _question(as_of).where(customers, counts_on(as_of), left_of_order(as_of) > 0)
    return [Reservation(*values) for values in session.execute(counting.order_by(col(OrderReservationRow.id).desc()))]


def order_of(session: Session, customer_id: int, reference: str, as_of: date) -> tuple[Reservation, bool] | None:
    """Return what was once reserved for an order and whether it counts on ``as_of``; ``None`` if nothing was."""
    told = _OF_ORDER.ask(session, customer=customer_id, reference=reference, as_of=as_of)["order"]
    return next(((Reservation(*values), bool(counts)) for *values, counts in told), None)


def keep(session: Session, known: Reservation | None, values: Mapping[str, Any]) -> None:
    """Write an accepted order, anew or in the place of what was reserved for it before."""
    table: Table = OrderReservationRow.__table__  # type: ignore[attr-defined]  # SQLModel hides the table
    if known is None:
        session.connection().execute(table.insert(), [dict(values)])
    else:
        session.connection().execute(table.update().where(table.c.id == known.reservation_id), dict(values))


def _question(as_of: Day) -> Select[*tuple[Any, ...]]:
    row = OrderReservationRow
    return (
        select(
            col(row.id),
            col(row.customer_id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(row.reference),
            col(row.amount_minor),
            left_of_order(as_of),
            col(row.currency),
            col(row.reserved_on),
            col(row.expires_on),
            col(row.made_by),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
    )


def _order_question() -> dict[str, Select[*tuple[Any, ...]]]:
    row = OrderReservationRow
    is_it = (col(row.customer_id) == CUSTOMER) & (col(row.reference) == bindparam("reference", None, type_=String()))
    return {"order": _question(AS_OF).add_columns(counts_on(AS_OF)).where(is_it)}


_OF_ORDER = Together(_order_question)


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
    session.connection().execute(_LOCKED, {"customer": customer_id})


_LOCKED = select(col(CustomerRow.id)).where(col(CustomerRow.id) == CUSTOMER).with_for_update()
