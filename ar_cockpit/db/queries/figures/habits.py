"""How customers pay: days late of what they settled, this year and the year before, weighted by amount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, case, cast, func, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.tables import CustomerRow, InvoiceRow
from ar_cockpit.db.together import Day, earlier
from ar_cockpit.domain.figures.habits import Habit, PaidInYear
from ar_cockpit.domain.figures.receivables import Kind

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class MonthPaid:
    """What a customer settled in one month: Σ amount × days late, and Σ amount."""

    month: str
    late_weighted: int
    weight: int


def habits(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, Habit]:
    """Return the payment habit of each of ``customers`` that settled an invoice in the two years to ``as_of``."""
    return by_customer(session.execute(question(customers, as_of)))


def question(customers: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`by_customer` reads the answer of."""
    closed_on, late = col(InvoiceRow.closed_on), days_between(col(InvoiceRow.closed_on), col(InvoiceRow.due_on))
    is_now = closed_on > earlier(as_of, YEAR)
    amount = col(InvoiceRow.amount_minor)
    return (
        select(
            col(InvoiceRow.customer_id),
            func.sum(case((is_now, amount * late), else_=0)),
            func.sum(case((is_now, amount), else_=0)),
            func.sum(case((is_now, 0), else_=amount * late)),
            func.sum(case((is_now, 0), else_=amount)),
            func.count(),
            func.sum(case((late > 0, 1), else_=0)),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(customers, closed_on > earlier(as_of, 2 * YEAR), closed_on <= as_of)
        .where(col(InvoiceRow.kind) == Kind.INVOICE.value)
        .group_by(col(InvoiceRow.customer_id))
    )


def by_customer(rows: Iterable[Sequence[Any]]) -> dict[int, Habit]:
    """Return the habits that ``rows`` tell of."""
    return {
        row[0]: Habit(PaidInYear(int(row[1]), int(row[2])), PaidInYear(int(row[3]), int(row[4])), row[5], int(row[6]))
        for row in rows
    }


def months_question(customer_id: int | BindParameter[int], as_of: Day, months: int = 12) -> Select[*tuple[Any, ...]]:
    """Return what a customer settled month by month, oldest first, for a small line of its lateness."""
    closed_on = col(InvoiceRow.closed_on)
    month = func.substr(cast(closed_on, String), 1, 7).label("month")
    amount = col(InvoiceRow.amount_minor)
    return (
        select(month, func.sum(amount * days_between(closed_on, col(InvoiceRow.due_on))), func.sum(amount))
        .where(
            col(InvoiceRow.customer_id) == customer_id,
            closed_on > earlier(as_of, timedelta(days=31 * months)),
            closed_on <= as_of,
            col(InvoiceRow.kind) == Kind.INVOICE.value,
        )
        .group_by("month")
        .order_by("month")
    )


def months_paid(rows: Iterable[Sequence[Any]]) -> list[MonthPaid]:
    """Return the months that the rows of :func:`months_question` tell of."""
    return [MonthPaid(month, int(late), int(weight)) for month, late, weight in rows]
