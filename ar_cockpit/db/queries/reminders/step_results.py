"""What a step of a cadence led to: messages by their state, and the invoices paid soon after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Float, case, cast, exists, func, literal, select
from sqlmodel import Session, col

from ar_cockpit.db.days import days_between
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CustomerRow, InvoiceRow, MessageItemRow, MessageRow, TouchpointRow
from ar_cockpit.domain.policy.model import Channel

_DONE = ("sent", "done")
_LOST = ("failed", "bounced")


def sent_and_lost(
    session: Session, wanted: ColumnElement[bool], cadence: str, step: str, since: date, until: date
) -> tuple[int, int]:
    """Return how many messages (or calls) of a step were done, and how many did not arrive."""
    row = MessageRow
    question = (
        select(
            func.sum(case((col(row.state).in_(_DONE), 1), else_=0)),
            func.sum(case((col(row.state).in_(_LOST), 1), else_=0)),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(
            wanted,
            col(row.cadence) == cadence,
            col(row.step) == step,
            col(row.business_on) > since,
            col(row.business_on) <= until,
        )
    )
    done, lost = session.execute(question).one()
    return int(done or 0), int(lost or 0)


def answered(
    session: Session, wanted: ColumnElement[bool], cadence: str, step: str, since: date, until: date
) -> float | None:
    """Return the share (0 to 1) of a step's mails that somebody answered by ``until``; ``None`` of none."""
    row, touch = MessageRow, TouchpointRow
    reply = exists().where(
        col(touch.message_row_id) == col(row.id),
        col(touch.customer_id) == col(row.customer_id),
        col(touch.kind) == "reply",
        col(touch.happened_on) <= until,
    )
    question = (
        select(cast(func.sum(case((reply, 1), else_=0)), Float) / func.count())
        .select_from(row)
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(
            wanted,
            col(row.cadence) == cadence,
            col(row.step) == step,
            col(row.channel) == Channel.EMAIL.value,
            col(row.state).in_(_DONE),
            col(row.business_on) > since,
            col(row.business_on) <= until,
        )
        .having(func.count() > 0)
    )
    return session.execute(question).scalar()


def paid_soon(
    session: Session, wanted: ColumnElement[bool], cadence: str, step: str, since: date, until: date, days: int
) -> float | None:
    """Return the share (0 to 1) of the invoices reminded of that were settled within ``days``; ``None`` of none.

    Only those count whose ``days`` have passed by ``until``.
    """
    item, message, invoice = MessageItemRow, MessageRow, InvoiceRow
    soon = days_between(col(invoice.closed_on), col(item.business_on)) <= literal(days)
    question = (
        select(cast(func.sum(case((soon, 1), else_=0)), Float) / func.count())
        .select_from(item)
        .join(message, col(message.id) == col(item.message_row_id))
        .join(invoice, col(invoice.id) == col(item.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(message.customer_id))
        .where(
            wanted,
            col(item.step) == step,
            col(item.dropped) == "",
            col(message.cadence) == cadence,
            col(message.state).in_(_DONE),
            col(item.business_on) > since,
            col(item.business_on) <= until - timedelta(days=days),
        )
        .having(func.count() > 0)
    )
    return session.execute(question).scalar()


def latest_steps(session: Session, wanted: ColumnElement[bool], as_of: date) -> Iterator[tuple[int, int]]:
    """Yield customer and day to the due date of the furthest step done, for each open invoice that had one."""
    item, invoice = MessageItemRow, InvoiceRow
    question = (
        select(col(invoice.customer_id), func.max(col(item.step_offset)))
        .join(item, col(item.invoice_id) == col(invoice.id))
        .join(CustomerRow, col(CustomerRow.id) == col(invoice.customer_id))
        .where(wanted, is_open_on(as_of), col(item.dropped) == "", col(item.business_on) <= as_of)
        .group_by(col(invoice.id), col(invoice.customer_id))
    )
    yield from ((row[0], row[1]) for row in stream(session, question))
