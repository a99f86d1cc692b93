"""What was said and done about open invoices so far: steps, reminders, tellings, allocations looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CustomerRow, InvoiceRow, MessageItemRow, MessageRow, TouchpointRow
from ar_cockpit.domain.cadence.day import ALLOCATE
from ar_cockpit.domain.cadence.ladder import Done
from ar_cockpit.domain.policy.model import THANKS

TOLD = "sales_told"  # the touchpoint that a sales owner was told of a coming step
_TOLD_FOR = timedelta(days=400)


def steps_done(session: Session, wanted: ColumnElement[bool], as_of: date, bits: Mapping[str, int]) -> dict[int, Done]:
    """Return what was done by ``as_of`` about the invoices open on it; what was dropped unsent was not done."""
    item = MessageItemRow
    # A step stands once for an invoice, so the sum of its steps' bits is their union.
    keys = func.sum(case(bits, value=col(item.step), else_=0)) if bits else literal(0)
    question = (
        select(
            col(item.invoice_id),
            cast(keys, BigInteger),
            func.min(col(item.step_offset)),
            func.max(col(item.step_offset)),
            days_between(literal(as_of), func.min(col(item.business_on))),
            days_between(literal(as_of), func.max(col(item.business_on))),
        )
        .join(InvoiceRow, _is_about())
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(wanted, is_open_on(as_of), _was_done(as_of))
        .group_by(col(item.invoice_id))
    )
    return {one[0]: Done._make(one[1:]) for one in stream(session, question)}


def earliest_offsets(session: Session) -> dict[str, int]:
    """Return the earliest day at which each step was ever recorded."""
    item = MessageItemRow
    # From one step to the next by the index: there are few steps, and an item for each reminder ever written.
    steps = select(func.min(col(item.step)).label("step")).cte("steps", recursive=True)
    following = select(func.min(col(item.step))).where(col(item.step) > steps.c.step).scalar_subquery()
    steps = steps.union_all(select(following).where(steps.c.step.is_not(None)))
    earliest = select(func.min(col(item.step_offset))).where(col(item.step) == steps.c.step).scalar_subquery()
    question = select(steps.c.step, earliest).where(steps.c.step.is_not(None))
    return dict(session.execute(question).all())


def _is_about() -> ColumnElement[bool]:
    """Return the item's invoice, by the whole of the key that there is an index for."""
    item = MessageItemRow
    return (col(item.company_id) == col(InvoiceRow.company_id)) & (col(item.invoice_id) == col(InvoiceRow.id))


def _was_done(as_of: date) -> ColumnElement[bool]:
    item = MessageItemRow
    return (col(item.business_on) <= as_of) & (col(item.dropped) == "") & (col(item.step) != ALLOCATE)


def days_since_reminder(
    session: Session, wanted: ColumnElement[bool], as_of: date, longest_spacing: int
) -> dict[int, int]:
    """Return the days since the last reminder by customer; courtesy notices and thank-yous are none."""
    question = (
        select(col(MessageRow.customer_id), days_between(literal(as_of), func.max(col(MessageRow.business_on))))
        .join(MessageItemRow, col(MessageItemRow.message_row_id) == col(MessageRow.id))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(
            wanted,
            col(MessageRow.business_on) > as_of - timedelta(days=longest_spacing),
            col(MessageRow.state) != "cancelled",
            col(MessageRow.template) != THANKS,
            _was_done(as_of),
            col(MessageItemRow.step_offset) >= 0,
        )
        .group_by(col(MessageRow.customer_id))
    )
    return dict(session.execute(question).all())


def touched_on(session: Session, wanted: ColumnElement[bool], day: date) -> frozenset[int]:
    """Return the customers with a message or a task of ``day``, whatever became of it."""
    question = (
        select(col(MessageRow.customer_id))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(wanted, col(MessageRow.business_on) == day, col(MessageRow.channel) != ALLOCATE)
    )
    return frozenset(session.execute(question).scalars())


def told(session: Session, wanted: ColumnElement[bool], as_of: date) -> dict[tuple[int, str], int]:
    """Return the days since the sales owner was first told of (invoice, step)."""
    row = TouchpointRow
    question = (
        select(col(row.facts), days_between(literal(as_of), col(row.happened_on)))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(wanted, col(row.kind) == TOLD, col(row.happened_on).between(as_of - _TOLD_FOR, as_of))
        .order_by(col(row.happened_on).desc())
    )
    return {
        (invoice_id, facts["step"]): days
        for facts, days in session.execute(question)
        for invoice_id in facts["invoice_ids"]
    }


def reviewed(session: Session, wanted: ColumnElement[bool], as_of: date) -> frozenset[int]:
    """Return the invoices whose task to allocate was closed by a person."""
    question = (
        select(col(MessageItemRow.invoice_id))
        .join(MessageRow, col(MessageRow.id) == col(MessageItemRow.message_row_id))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(
            wanted,
            col(MessageRow.channel) == ALLOCATE,
            col(MessageRow.state) == "done",
            col(MessageRow.business_on) <= as_of,
        )
    )
    return frozenset(session.execute(question).scalars())
