"""A part of the customers in SQL: those of a segment, a collector, a sales owner or a country."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, SQLColumnExpression, select
from sqlmodel import Session, col

from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CustomerRow, CustomerSegmentRow
from ar_cockpit.domain.figures.listing import Part


class Traits(NamedTuple):
    """What a customer is grouped by; the payer score is none when there is none."""

    customer_id: int
    country: str
    sales: str
    collector: str
    segment: str | None
    score: int | None


def conditions(part: Part) -> list[ColumnElement[bool]]:
    """Return what holds of the customers of ``part``; nothing when it is all of them."""
    row = CustomerSegmentRow
    of_segment = col(CustomerRow.id).in_(select(col(row.customer_id)).where(col(row.segment) == part.segment))
    given = [
        (part.country, col(CustomerRow.country) == part.country),
        (part.sales, col(CustomerRow.sales_email) == part.sales),
        (part.collector, col(CustomerRow.collector_email) == part.collector),
        (part.segment, of_segment),
    ]
    return [condition for is_asked, condition in given if is_asked]


def is_of(part: Part, company_ids: Sequence[int], customer_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Return whether a row is of a customer of ``part``."""
    customers = select(col(CustomerRow.id)).where(col(CustomerRow.company_id).in_(company_ids), *conditions(part))
    return customer_id.in_(customers)


def traits(session: Session, company_ids: Sequence[int]) -> dict[int, Traits]:
    """Return what the customers of companies are grouped by."""
    row = CustomerSegmentRow
    question = (
        select(
            col(CustomerRow.id),
            col(CustomerRow.country),
            col(CustomerRow.sales_email),
            col(CustomerRow.collector_email),
            col(row.segment),
            col(row.score),
        )
        .outerjoin(row, col(row.customer_id) == col(CustomerRow.id))
        .where(col(CustomerRow.company_id).in_(company_ids))
    )
    return {one[0]: Traits._make(one) for one in stream(session, question)}
