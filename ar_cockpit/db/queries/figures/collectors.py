"""What collectors look after, collect and do, by their e-mail; customers of nobody stand under an empty one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.figures import parts
from ar_cockpit.db.tables import CustomerRow, TouchpointRow
from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.listing import Part

# What counts as a contact with the customer; money coming in and internal marks do not.
TOUCHES = ("reminder", "call", "reply", "note", "promise", "dispute")


def owners(session: Session, customer_ids: Collection[int]) -> dict[int, str]:
    """Return who looks after each of some customers."""
    question = select(col(CustomerRow.id), col(CustomerRow.collector_email))
    rows = session.execute(question.where(among(session, col(CustomerRow.id), customer_ids)))
    return {customer_id: email for customer_id, email in rows}  # noqa: C416 (a row is no tuple to mypy)


def touches(session: Session, company_ids: Sequence[int], part: Part, period: Period) -> dict[str, int]:
    """Return how many contacts with their customers happened in ``period``, by collector; undone ones left out.

    A contact has no currency: it counts whatever its customer is billed in.
    """
    collector = col(CustomerRow.collector_email)
    question = (
        select(collector, func.count())
        .select_from(TouchpointRow)
        .join(CustomerRow, col(CustomerRow.id) == col(TouchpointRow.customer_id))
        .where(col(TouchpointRow.company_id).in_(company_ids), col(TouchpointRow.kind).in_(TOUCHES))
        .where(
            _in(period, col(TouchpointRow.happened_on)),
            col(TouchpointRow.undone_at).is_(None),
            *parts.conditions(part),
        )
        .group_by(collector)
    )
    return {email: count for email, count in session.execute(question)}  # noqa: C416 (a row is no tuple to mypy)


def _in(period: Period, day: SQLColumnExpression[date]) -> ColumnElement[bool]:
    return day.between(period.start, period.end)
