"""Those who owe: how they are called, who belongs together, and whether they pay later than they used to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.calendar import month_start, months_before
from ar_cockpit.domain.figures.kpis import average_days_late
from ar_cockpit.domain.figures.receivables import Kind


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


def heads(session: Session, company_ids: Sequence[int]) -> dict[int, int]:
    """Return, for each customer in a group, the one that stands for the group: its member stored first."""
    row = CustomerRow
    question = (
        select(col(row.id), col(row.company_id), col(row.group_code))
        .where(col(row.company_id).in_(company_ids), col(row.group_code) > "")
        .order_by(col(row.id))
    )
    first: dict[tuple[int, str], int] = {}
    return {key: first.setdefault((company_id, group), key) for key, company_id, group in session.execute(question)}


def group_names(session: Session, company_ids: Sequence[int]) -> dict[int, str]:
    """Return, for each customer in a group, the name of the group's head."""
    row, head = CustomerRow, aliased(CustomerRow)
    of_head = (col(head.company_id) == col(row.company_id)) & (col(head.code) == col(row.group_code))
    question = (
        select(col(row.id), col(head.name))
        .join(head, of_head)
        .where(col(row.company_id).in_(company_ids), col(row.group_code) > "")
    )
    return dict(session.execute(question).all())


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
