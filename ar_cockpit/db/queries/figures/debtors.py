"""Who owes what is overdue, and whether they pay later than they used to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import String, cast, func, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_on, open_with, paid_later
from ar_cockpit.db.queries.figures.sums import Slice, is_about
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.domain.calendar import month_start, months_before
from ar_cockpit.domain.figures.kpis import average_days_late
from ar_cockpit.domain.figures.receivables import Kind


def overdue_by_customer(session: Session, about: Slice, as_of: date) -> list[tuple[int, int]]:
    """Return the customers that owe something overdue and how much, the largest first."""
    later = paid_later(as_of, about.company_ids)
    documents = (
        select(col(InvoiceRow.customer_id), open_with(later).label("open_minor"))
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(is_about(about, InvoiceRow), is_open_on(as_of), col(InvoiceRow.due_on) < as_of)
        .subquery("documents")
    )
    owed = func.sum(documents.c.open_minor)
    question = (
        select(documents.c.customer_id, owed)
        .group_by(documents.c.customer_id)
        .having(owed > 0)
        .order_by(owed.desc(), documents.c.customer_id)
    )
    return [(customer_id, int(minor)) for customer_id, minor in session.execute(question)]


def overdue_count(session: Session, about: Slice, as_of: date) -> int:
    """Return the number of documents that the overdue amount is the sum of."""
    later = paid_later(as_of, about.company_ids)
    question = (
        select(func.count())
        .select_from(InvoiceRow)
        .outerjoin(later, later.c.invoice_id == col(InvoiceRow.id))
        .where(is_about(about, InvoiceRow), is_open_on(as_of), col(InvoiceRow.due_on) < as_of, open_with(later) != 0)
    )
    return int(session.execute(question).scalar_one())


def oldest_due(session: Session, about: Slice, customer_ids: Sequence[int], as_of: date) -> dict[int, date]:
    """Return the oldest due date of what each customer has overdue, credit notes left out."""
    question = (
        select(col(InvoiceRow.customer_id), func.min(col(InvoiceRow.due_on)))
        .where(is_about(about, InvoiceRow), is_open_on(as_of), col(InvoiceRow.customer_id).in_(customer_ids))
        .where(col(InvoiceRow.due_on) < as_of, open_on(as_of) > 0)
        .group_by(col(InvoiceRow.customer_id))
    )
    return {key: value for key, value in session.execute(question)}  # noqa: C416 (a row is no tuple to mypy)


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
