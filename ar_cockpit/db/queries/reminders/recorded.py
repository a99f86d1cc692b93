"""What was recorded for a day: its messages and tasks with their state, and customers as the day's plan lists them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.queries.customers import stops_on
from ar_cockpit.db.tables import CompanyRow, CustomerRow, HoldRow, InvoiceRow, MessageRow


@dataclass(frozen=True, slots=True)
class Who:
    """A customer as the plan of a day lists it."""

    customer_id: int
    company_id: int
    company: str
    code: str
    name: str
    collector: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message or a task of a day, as it stands now."""

    row_id: int
    company: str
    customer: str
    name: str
    step: str
    channel: str
    recipient: str
    total_minor: int
    currency: str
    state: str
    at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """A customer that reminders do not go to by themselves; ``since_on`` is empty when a tag of its record says so."""

    customer_id: int
    company: str
    code: str
    name: str
    collector: str
    reason: str
    since_on: date | None
    set_by: str


def who_owes(session: Session, wanted: ColumnElement[bool], as_of: date, also: Collection[int] = ()) -> dict[int, Who]:
    """Return the ``wanted`` customers with an open invoice, by key, and ``also`` a few that owe nothing."""
    owes = select(col(InvoiceRow.customer_id)).where(is_open_on(as_of), col(InvoiceRow.amount_minor) > 0)
    among_owing = col(CustomerRow.id).in_(owes)
    question = (
        select(
            col(CustomerRow.id),
            col(CustomerRow.company_id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            func.lower(col(CustomerRow.collector_email)),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .where(wanted, or_(among_owing, among(session, col(CustomerRow.id), list(also))) if also else among_owing)
    )
    return {one[0]: Who(*one) for one in session.execute(question)}


def recorded_on(
    session: Session, wanted: ColumnElement[bool], day: date, *, limit: int, offset: int
) -> tuple[int, list[Recorded]]:
    """Return how many messages and tasks a day has, and a page of them, the latest first."""
    row = MessageRow
    of_day = (wanted, col(row.business_on) == day)
    joined = select(func.count()).select_from(row).join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
    number = int(session.execute(joined.where(*of_day)).scalar_one())
    question = (
        select(
            col(row.id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(row.step),
            col(row.channel),
            col(row.recipient),
            col(row.total_minor),
            col(row.currency),
            col(row.state),
            func.coalesce(col(row.sent_at), col(row.closed_at), col(row.queued_at)),
            col(row.error),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(*of_day)
        .order_by(col(row.id).desc())
        .limit(limit)
        .offset(offset)
    )
    return number, [Recorded(*one) for one in session.execute(question)]


def by_hand(session: Session, wanted: ColumnElement[bool], tagged: frozenset[int], as_of: date) -> list[ByHand]:
    """Return the customers handled by hand on ``as_of``: marked on screen, or among the ``tagged``."""
    row = HoldRow
    in_force = (col(row.customer_id) == col(CustomerRow.id)) & (col(row.kind) == "manual") & stops_on(as_of)
    question = (
        select(
            col(CustomerRow.id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(CustomerRow.collector_email),
            func.coalesce(col(row.reason), ""),
            col(row.set_on),
            func.coalesce(col(row.set_by), ""),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(CustomerRow.company_id))
        .outerjoin(row, in_force)
        .where(wanted, col(row.id).is_not(None) | col(CustomerRow.id).in_(tagged))
        .order_by(col(CompanyRow.code), col(CustomerRow.code))
    )
    return [ByHand(*one) for one in session.execute(question)]
