"""What collectors look after, collect and do, by their e-mail; customers of nobody stand under an empty one."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, func, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.queries.figures.sums import Slice, is_about
from ar_cockpit.db.tables import AllocationRow, CustomerRow, InvoiceRow, TouchpointRow
from ar_cockpit.domain.calendar import Period

# What counts as a contact with the customer; money coming in and internal marks do not.
TOUCHES = ("reminder", "call", "reply", "note", "promise", "dispute")


class InMonth(NamedTuple):
    """What was applied since a month began: until a day of it, and at any time to what was due by its end."""

    collected_minor: int
    of_due_minor: int


def applied_in_month(session: Session, about: Slice, month: Period, until: date) -> dict[str, InMonth]:
    """Return what was applied since ``month`` began, by collector: one pass over it for two figures.

    With what is left of the documents from before the month that are due by ``until``, the second is what was open of
    them when it began: what a month's goal is shared by.
    """
    collector, applied = col(CustomerRow.collector_email), col(AllocationRow.amount_minor)
    falls_due = and_(col(InvoiceRow.invoice_on) < month.start, col(InvoiceRow.due_on) <= until)
    question = (
        select(
            collector,
            func.sum(case((col(AllocationRow.allocated_on) <= month.end, applied), else_=0)),
            func.sum(case((falls_due, applied), else_=0)),
        )
        .join(InvoiceRow, col(InvoiceRow.id) == col(AllocationRow.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(is_about(about, InvoiceRow), col(AllocationRow.allocated_on) >= month.start)
        .where(col(AllocationRow.company_id).in_(about.company_ids))
        .group_by(collector)
    )
    return {email: InMonth(int(minor), int(due)) for email, minor, due in session.execute(question)}


def touches(session: Session, about: Slice, period: Period) -> dict[str, int]:
    """Return how many contacts with their customers happened in ``period``, by collector; undone ones left out.

    A contact has no currency: it counts whatever its customer is billed in.
    """
    collector = col(CustomerRow.collector_email)
    question = (
        select(collector, func.count())
        .select_from(TouchpointRow)
        .join(CustomerRow, col(CustomerRow.id) == col(TouchpointRow.customer_id))
        .where(col(TouchpointRow.company_id).in_(about.company_ids), col(TouchpointRow.kind).in_(TOUCHES))
        .where(
            _in(period, col(TouchpointRow.happened_on)),
            col(TouchpointRow.undone_at).is_(None),
            *parts.conditions(about.part),
        )
        .group_by(collector)
    )
    return {key: value for key, value in session.execute(question)}  # noqa: C416 (a row is no tuple to mypy)


def _in(period: Period, day: SQLColumnExpression[date]) -> ColumnElement[bool]:
    return day.between(period.start, period.end)
