"""What people decided about reminders: steps let go or declined, and the stop of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Mapped
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import (
    CompanyRow,
    CustomerRow,
    MessageItemRow,
    MessageRow,
    ReminderStopRow,
    StepApprovalRow,
    TouchpointRow,
)
from ar_cockpit.db.together import Day

APPROVED, DECLINED = "approved", "declined"


@dataclass(frozen=True, slots=True)
class Declined:
    """A step of an invoice that is not to go for now."""

    invoice_id: int
    step: str
    until_on: date
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of all reminders that stands; ``company`` is empty when it is of all companies."""

    stop_id: int
    company_id: int | None
    company: str
    company_name: str
    reason: str
    stopped_at: datetime
    stopped_by: str


def approved(session: Session, wanted: ColumnElement[bool], as_of: date) -> frozenset[tuple[int, str]]:
    """Return the (invoice, step) let go by ``as_of``."""
    return approved_of(session.execute(approved_question(wanted, as_of)))


def approved_question(wanted: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`approved_of` reads the answer of."""
    row = StepApprovalRow
    return (
        select(col(row.invoice_id), col(row.step))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.decision) == APPROVED, col(row.undone_at).is_(None), col(row.decided_on) <= as_of)
    )


def approved_of(rows: Iterable[Sequence[Any]]) -> frozenset[tuple[int, str]]:
    """Return the invoices and steps that ``rows`` tell of."""
    return frozenset((invoice_id, step) for invoice_id, step in rows)


def declined(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[tuple[int, str], Declined]:
    """Return what is declined on ``as_of``, by invoice and step; of several words the last counts."""
    row = StepApprovalRow
    question = (
        select(col(row.invoice_id), col(row.step), col(row.until_on), col(row.decided_by), col(row.note))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.decision) == DECLINED, col(row.undone_at).is_(None))
        .where(col(row.decided_on) <= as_of, col(row.until_on) >= as_of)
        .order_by(col(row.id))
    )
    return {(one[0], one[1]): Declined(*one) for one in session.execute(question)}


def recorded(session: Session, keys: Sequence[tuple[int, str]]) -> list[tuple[int, str, int, str]]:
    """Return (message row, state, invoice, step) of those steps that stand in a message or a task."""
    item, wanted = MessageItemRow, set(keys)
    question = (
        select(col(MessageRow.id), col(MessageRow.state), col(item.invoice_id), col(item.step))
        .join(MessageRow, col(MessageRow.id) == col(item.message_row_id))
        .where(among(session, col(item.invoice_id), sorted({key[0] for key in keys})), col(item.dropped) == "")
    )
    return [tuple(one) for one in session.execute(question) if (one[2], one[3]) in wanted]


def last_contacts(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[int, date]:
    """Return the last day on which we wrote to customers or spoke with them."""
    written: Select[*tuple[Any, ...]] = (
        select(col(MessageRow.customer_id).label("customer_id"), col(MessageRow.business_on).label("on"))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(wanted, col(MessageRow.state).in_(("sent", "done")), col(MessageRow.business_on) <= as_of)
    )
    spoken = (
        select(col(TouchpointRow.customer_id), col(TouchpointRow.happened_on))
        .join(CustomerRow, col(CustomerRow.id) == col(TouchpointRow.customer_id))
        .where(wanted, col(TouchpointRow.kind).in_(("call", "reply", "promise", "dispute")))
        .where(col(TouchpointRow.undone_at).is_(None), col(TouchpointRow.happened_on) <= as_of)
    )
    both = union_all(written, spoken).subquery()
    question = select(both.c.customer_id, func.max(both.c.on)).group_by(both.c.customer_id)
    return dict(session.execute(question).all())


def standing_stops(session: Session) -> list[Stop]:
    """Return the stops that stand, the one of all companies first."""
    row = ReminderStopRow
    question = (
        select(
            col(row.id),
            col(row.company_id),
            col(CompanyRow.code),
            col(CompanyRow.name),
            col(row.reason),
            col(row.stopped_at),
            col(row.stopped_by),
        )
        .outerjoin(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(col(row.released_at).is_(None))
        .order_by(col(row.company_id).is_not(None), col(row.id))
    )
    return [
        Stop(key, company_id, code or "", name or "", reason, at, by)
        for key, company_id, code, name, reason, at, by in session.execute(question)
    ]


def is_stopped(company_id: InstrumentedAttribute[int] | Mapped[int] | ColumnElement[int]) -> ColumnElement[bool]:
    """Return whether the reminders of a row's company are stopped now."""
    row = ReminderStopRow
    of_this = or_(col(row.company_id).is_(None), col(row.company_id) == company_id)
    return exists().where(col(row.released_at).is_(None), of_this)


def stopped_customers(session: Session, wanted: ColumnElement[bool]) -> frozenset[int]:
    """Return those of the ``wanted`` customers whose company's reminders are stopped now, whatever day is planned."""
    if not standing_stops(session):
        return frozenset()
    return frozenset(session.execute(stopped_question(wanted)).scalars())


def stopped_question(wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the question of :func:`stopped_customers`."""
    return select(col(CustomerRow.id)).where(wanted, is_stopped(col(CustomerRow.company_id)))
