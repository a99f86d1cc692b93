"""What was said and what waits for a person, for many customers at once: one query for each kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal_column, select
from sqlmodel import Session, col

from ar_cockpit.db.hints import unindexed
from ar_cockpit.db.tables import (
    CustomerRow,
    DisputeCaseRow,
    DisputeRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    TouchpointRow,
)
from ar_cockpit.db.together import Day, earlier

LOOK_BACK = timedelta(days=180)
# What is said without asking for money, so no reply to it is missed.
QUIET_TEMPLATES = ("courtesy", "thank_you", "statement", "instalment")
DELIVERED = ("sent", "done")
WAITING_TASK = "to_do"
UNDELIVERED = ("bounced", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class Touch:
    """Something a person did or said."""

    touchpoint_id: int
    customer_id: int
    kind: str
    happened_on: date
    happened_at: datetime
    actor_email: str
    text: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reminded:
    """A message that asked for money, and the customer's invoices of it that are still open."""

    message_row_id: int
    customer_id: int
    business_on: date


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A recorded step that a person has to do."""

    message_row_id: int
    customer_id: int
    channel: str
    business_on: date


@dataclass(frozen=True, slots=True)
class Written:
    """The last mail of a person: on which day it was written, by whom, and when it goes or went."""

    on: date
    by: str
    goes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute open on the day asked for."""

    dispute_id: int
    customer_id: int
    invoice_id: int
    reason: str
    opened_on: date
    answer_due_on: date
    is_dated: bool
    answered_on: date | None = None  # by the day asked for


def touches(
    session: Session, customers: ColumnElement[bool], as_of: date, kinds: tuple[str, ...], since: date | None = None
) -> dict[int, list[Touch]]:
    """Return what of ``kinds`` happened and was not undone, by customer, oldest first."""
    return touches_by_customer(session.execute(touches_question(customers, as_of, kinds, since)))


def touches_question(
    customers: ColumnElement[bool], as_of: Day, kinds: tuple[str, ...], since: date | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`touches_by_customer` reads the answer of."""
    row = TouchpointRow
    return (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.kind),
            col(row.happened_on),
            col(row.happened_at),
            col(row.actor_email),
            col(row.text),
            col(row.facts),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(customers, col(row.kind).in_(kinds), col(row.undone_at).is_(None))
        .where(col(row.happened_on).between(since or earlier(as_of, LOOK_BACK), as_of))
        .order_by(col(row.happened_at), col(row.id))
    )


def touches_by_customer(rows: Iterable[Sequence[Any]]) -> dict[int, list[Touch]]:
    """Return the touches that ``rows`` tell of."""
    found: dict[int, list[Touch]] = defaultdict(list)
    for values in rows:
        found[values[1]].append(Touch(*values))
    return found


def reminded(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, list[Reminded]]:
    """Return the delivered messages that asked for invoices which are still open, by customer, oldest first."""
    return reminded_by_customer(session.execute(reminded_question(customers, as_of)))


def reminded_question(customers: ColumnElement[bool], as_of: Day) -> Select[*tuple[Any, ...]]:
    """Return the question that :func:`reminded_by_customer` reads the answer of."""
    still_open = (
        exists()
        .where(
            col(MessageItemRow.message_row_id) == col(MessageRow.id),
            col(MessageItemRow.dropped) == "",
            col(InvoiceRow.id) == col(MessageItemRow.invoice_id),
            col(InvoiceRow.closed_on) > as_of,
        )
        .correlate(MessageRow)
    )
    return (
        select(col(MessageRow.id), col(MessageRow.customer_id), col(MessageRow.business_on))
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(
            customers,
            col(MessageRow.business_on).between(earlier(as_of, LOOK_BACK), as_of),
            # No plain column: most messages were sent, so that an index by state leads to nearly all of them.
            (col(MessageRow.state) + literal_column("''")).in_(DELIVERED),
            col(MessageRow.channel) != "call",
            col(MessageRow.template).not_in(QUIET_TEMPLATES),
            still_open,
        )
        .order_by(col(MessageRow.business_on), col(MessageRow.id))
    )


def reminded_by_customer(rows: Iterable[Sequence[Any]]) -> dict[int, list[Reminded]]:
    """Return the reminders that ``rows`` tell of."""
    found: dict[int, list[Reminded]] = defaultdict(list)
    for values in rows:
        found[values[1]].append(Reminded(*values))
    return found


def waiting_tasks(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, list[WaitingTask]]:
    """Return the recorded calls and letters that no person has done yet, by customer, oldest first."""
    row = MessageRow
    question = (
        select(col(row.id), col(row.customer_id), col(row.channel), col(row.business_on))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(customers, col(row.state) == WAITING_TASK, col(row.business_on) <= as_of)
        .order_by(col(row.business_on), col(row.id))
    )
    found: dict[int, list[WaitingTask]] = defaultdict(list)
    for values in session.execute(question):
        found[values[1]].append(WaitingTask(*values))
    return found


def undelivered(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, str]:
    """Return how the latest e-mail to a customer ended, for those where it did not arrive."""
    row = MessageRow
    # By its channel SQLite would walk every e-mail there is instead of those of the customers.
    by_mail = unindexed(col(row.channel)) == "email"
    latest = (
        select(col(row.customer_id), func.max(col(row.id)).label("row_id"))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(customers, by_mail, col(row.state) != "cancelled")
        .where(col(row.business_on).between(as_of - LOOK_BACK, as_of))
        .group_by(col(row.customer_id))
        .subquery()
    )
    question = select(col(row.customer_id), col(row.state)).join(latest, latest.c.row_id == col(row.id))
    return dict(session.execute(question.where(col(row.state).in_(UNDELIVERED))).all())


def sent_by_hand(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, Written]:
    """Return the last mail that a person wrote to each customer."""
    row = MessageRow
    by_person = and_(col(row.origin) == "person", col(row.state) != "cancelled")
    latest = (
        select(func.max(col(row.id)).label("row_id"))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(customers, by_person, col(row.business_on).between(as_of - LOOK_BACK, as_of))
        .group_by(col(row.customer_id))
        .subquery()
    )
    goes_at = case((col(row.state).in_(("queued", "claimed")), col(row.next_attempt_at)), else_=col(row.sent_at))
    question = select(col(row.customer_id), col(row.business_on), col(row.created_by), goes_at)
    question = question.join(latest, latest.c.row_id == col(row.id))
    return {key: Written(on, by, at) for key, on, by, at in session.execute(question)}


def open_disputes(session: Session, customers: ColumnElement[bool], as_of: date) -> dict[int, list[OpenDispute]]:
    """Return the disputes of open invoices on ``as_of`` by customer, the answer due first in front."""
    row, answer = DisputeRow, DisputeCaseRow
    question = (
        select(
            col(row.id),
            col(row.customer_id),
            col(row.invoice_id),
            col(row.reason),
            col(row.opened_on),
            col(row.answer_due_on),
            col(row.opened_on_is_known),
            case((col(answer.answered_on) <= as_of, col(answer.answered_on))),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .outerjoin(answer, col(answer.dispute_id) == col(row.id))
        .where(customers, col(row.opened_on) <= as_of, col(row.closed_on) > as_of, col(InvoiceRow.closed_on) > as_of)
        .order_by(col(row.answer_due_on), col(row.id))
    )
    found: dict[int, list[OpenDispute]] = defaultdict(list)
    for values in session.execute(question):
        found[values[1]].append(OpenDispute(*values))
    return found
