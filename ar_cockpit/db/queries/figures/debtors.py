"""Who owes what is overdue, and whether they pay later than they used to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import BigInteger, String, and_, case, cast, func, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_with, paid_later
from ar_cockpit.db.queries.figures.sums import Slice, is_about
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.calendar import month_end, month_start, months_before
from ar_cockpit.domain.figures.kpis import average_days_late
from ar_cockpit.domain.figures.receivables import Kind


class Balance(NamedTuple):
    """What a customer with open documents owes, and of how many of them the overdue amount is the sum."""

    customer_id: int
    open_minor: int
    overdue_minor: int
    overdue_documents: int
    left_minor: int  # of documents from before the month that are due by its end, what is open now


class Named(NamedTuple):
    """How a customer is called and found."""

    code: str
    name: str
    company: str


def names(session: Session, customer_ids: Sequence[int]) -> dict[int, Named]:
    """Return the codes and names of some customers."""
    question = (
        select(col(CustomerRow.id), col(CustomerRow.code), col(CustomerRow.name), col(CompanyRow.code))
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(col(CustomerRow.id).in_(customer_ids))
    )
    return {customer_id: Named(*told) for customer_id, *told in session.execute(question)}


def balances(session: Session, about: Slice, as_of: date) -> list[Balance]:
    """Return what every customer owes: one pass over what is open, for everything that is told of it."""
    later = paid_later(as_of, about.company_ids)
    is_overdue = (col(InvoiceRow.due_on) < as_of).label("is_overdue")
    falls_due = and_(col(InvoiceRow.invoice_on) < month_start(as_of), col(InvoiceRow.due_on) <= month_end(as_of))
    left = case((falls_due, col(InvoiceRow.open_minor)), else_=0).label("left_minor")
    documents = (
        select(col(InvoiceRow.customer_id), is_overdue, open_with(later).label("open_minor"), left)
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(is_about(about, InvoiceRow), is_open_on(as_of))
        .subquery("documents")
    )
    minor, late = documents.c.open_minor, documents.c.is_overdue
    question = select(
        documents.c.customer_id,
        cast(func.sum(minor), BigInteger),
        cast(func.sum(case((late, minor), else_=0)), BigInteger),
        func.sum(case((late & (minor != 0), 1), else_=0)),
        cast(func.sum(documents.c.left_minor), BigInteger),
    ).group_by(documents.c.customer_id)
    return list(map(Balance._make, narrow(session, question)))


def overdue_by_customer(owed: Iterable[Balance]) -> list[tuple[int, int]]:
    """Return the customers that owe something overdue and how much, the largest first."""
    late = [(one.customer_id, one.overdue_minor) for one in owed if one.overdue_minor > 0]
    return sorted(late, key=lambda pair: (-pair[1], pair[0]))


def overdue_count(owed: Iterable[Balance]) -> int:
    """Return the number of documents that the overdue amount is the sum of."""
    return sum(one.overdue_documents for one in owed)


def late_by_month(
    session: Session, customer_ids: Sequence[int], as_of: date, months: int = 12
) -> dict[int, list[float | None]]:
    """Return each customer's average days late of what it settled in the last ``months`` months, oldest first."""
    first = month_start(months_before(as_of, months - 1))
    closed_on, amount = col(InvoiceRow.closed_on), col(InvoiceRow.amount_minor)
    month = func.substr(cast(closed_on, String), 1, 7).label("month")
    question = (
        select(
            col(InvoiceRow.customer_id),
            month,
            func.sum(amount * days_between(closed_on, col(InvoiceRow.due_on))),
            func.sum(amount),
        )
        .where(col(InvoiceRow.customer_id).in_(customer_ids), closed_on.between(first, as_of))
        .where(col(InvoiceRow.kind) == Kind.INVOICE.value)
        .group_by(col(InvoiceRow.customer_id), "month")
    )
    told: dict[int, dict[str, float | None]] = defaultdict(dict)
    for customer_id, key, weighted, weight in session.execute(question):
        told[customer_id][key] = average_days_late(int(weighted), int(weight))
    keys = [f"{months_before(month_start(as_of), back):%Y-%m}" for back in reversed(range(months))]
    return {customer_id: [told[customer_id].get(key) for key in keys] for customer_id in customer_ids}
