"""The outbox as a list: filtered, sorted, counted and paged by the database; and one message with all there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, func, select, true
from sqlmodel import Session, col

from ar_cockpit.db.instants import database_now
from ar_cockpit.db.queries.lists.feeds import select_of
from ar_cockpit.db.queries.lists.words import any_holds
from ar_cockpit.db.tables import (
    CompanyRow,
    ContactRow,
    CustomerRow,
    IncomingMailRow,
    InvoiceRow,
    MessageEventRow,
    MessageItemRow,
    MessageRow,
)
from ar_cockpit.domain.figures.listing import PAGE_SIZE
from ar_cockpit.domain.outbox import STATES, OutboxQuestion

_WAITING = ("queued", "claimed", "sending")
_LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message as listed; ``next_attempt_at`` only of one that waits for another try."""

    row_id: int
    company: str
    customer: str
    customer_name: str
    recipient: str
    step: str
    subject: str
    state: str
    attempts: int
    business_on: date
    queued_at: datetime
    sent_at: datetime | None
    next_attempt_at: datetime | None
    error: str
    total_minor: int
    currency: str
    message_id: str


@dataclass(frozen=True, slots=True)
class MessageItem:
    """An invoice that a message lists; ``dropped`` says why it was left out."""

    number: str
    step: str
    open_minor: int
    dropped: str


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a message; a mail that came back brings its subject and text."""

    at: datetime
    kind: str
    words: str
    by: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How sending goes on."""

    waiting: int
    sent_today: int
    sent_last_minute: int
    next_attempt_at: datetime | None


def counts(session: Session, reached: ColumnElement[bool], asked: OutboxQuestion) -> dict[str, int]:
    """Return how many messages of the list are in each state, whatever tab is shown."""
    question = (
        select(col(MessageRow.state), func.count())
        .join(CustomerRow, col(CustomerRow.id) == col(MessageRow.customer_id))
        .where(reached, *_conditions(asked))
        .group_by(col(MessageRow.state))
    )
    return dict(session.execute(question).all())


def page(session: Session, reached: ColumnElement[bool], asked: OutboxQuestion) -> list[MessageLine]:
    """Return one page of messages."""
    shown = _lines(reached, asked).limit(PAGE_SIZE).offset((asked.page - 1) * PAGE_SIZE)
    return [MessageLine(*one) for one in session.execute(shown)]


def every(session: Session, reached: ColumnElement[bool], asked: OutboxQuestion) -> Iterator[MessageLine]:
    """Yield the whole list, for an export, without holding it in memory."""
    for one in session.execute(_lines(reached, asked).execution_options(yield_per=1000)):
        yield MessageLine(*one)


def one(session: Session, reached: ColumnElement[bool], row_id: int) -> MessageLine | None:
    """Return one message."""
    found = session.execute(_lines(reached, OutboxQuestion()).where(col(MessageRow.id) == row_id)).first()
    return MessageLine(*found) if found else None


def items(session: Session, row_id: int) -> list[MessageItem]:
    """Return the invoices that a message lists, in the order of listing."""
    item = MessageItemRow
    question = (
        select(col(InvoiceRow.number), col(item.step), col(item.open_minor), col(item.dropped))
        .join(InvoiceRow, col(InvoiceRow.id) == col(item.invoice_id))
        .where(col(item.message_row_id) == row_id)
        .order_by(col(item.id))
    )
    return [MessageItem(*found) for found in session.execute(question)]


def happened(session: Session, row_id: int) -> list[Happened]:
    """Return what happened to a message, oldest first; a mail that came back stands for its own event."""
    event, mail = MessageEventRow, IncomingMailRow
    events = select(col(event.happened_at), col(event.kind), col(event.words), col(event.actor_email)).where(
        col(event.message_row_id) == row_id
    )
    mails = select(col(mail.received_at), col(mail.kind), col(mail.subject), col(mail.sender), col(mail.text)).where(
        col(mail.message_row_id) == row_id
    )
    came = [Happened(*found) for found in session.execute(mails)]
    told = {one.kind for one in came}
    found = [Happened(*values) for values in session.execute(events)]
    # Of a report, the server's words are in the event.
    words = {one.kind: one.words for one in found if one.kind in told}
    came = [Happened(one.at, one.kind, words.get(one.kind) or one.words, one.by, one.text) for one in came]
    return sorted([*came, *(one for one in found if one.kind not in told)], key=lambda one: one.at)


def is_marked(session: Session, row_id: int) -> bool:
    """Return whether the address that a message went to is marked as one that bounced."""
    contact = ContactRow
    question = (
        select(col(contact.id))
        .join(MessageRow, col(MessageRow.customer_id) == col(contact.customer_id))
        .where(
            col(MessageRow.id) == row_id,
            func.lower(col(contact.email)) == func.lower(col(MessageRow.recipient)),
            col(contact.bounced_at).is_not(None),
        )
    )
    return session.execute(question.limit(1)).first() is not None


def progress(session: Session, reached: ColumnElement[bool], since: datetime) -> Progress:
    """Return what waits, and what went since then and in the last minute."""
    row = MessageRow
    mine = (reached, col(row.channel) == "email")
    customer = col(CustomerRow.id) == col(row.customer_id)
    waiting = select(func.count(), func.min(col(row.next_attempt_at))).join(CustomerRow, customer)
    count, next_at = session.execute(waiting.where(*mine, col(row.state).in_(_WAITING))).one()
    minute = func.count(case((col(row.sent_at) > database_now(-60), 1)))
    sent = select(func.count(), minute).join(CustomerRow, customer)
    lately = (col(row.state) == "sent", col(row.business_on) >= (since - _LATELY).date(), col(row.sent_at) >= since)
    today, last = session.execute(sent.where(*mine, *lately)).one()
    return Progress(count, today, last, next_at)


def _lines(reached: ColumnElement[bool], asked: OutboxQuestion) -> Select[Any]:
    row = MessageRow
    states = STATES.get(asked.tab)
    question = (
        select_of(
            col(row.id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            *(col(getattr(row, name)) for name in ("recipient", "step", "subject", "state", "attempts", "business_on")),
            col(row.queued_at),
            col(row.sent_at),
            case((col(row.state) == "queued", col(row.next_attempt_at))),
            *(col(getattr(row, name)) for name in ("error", "total_minor", "currency", "message_id")),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(reached, *_conditions(asked), col(row.state).in_(states) if states else true())
    )
    orders: dict[str, SQLColumnExpression[Any]] = {
        "queued": col(row.id),
        "customer": func.lower(col(CustomerRow.name)),
        "recipient": func.lower(col(row.recipient)),
        "total": col(row.total_minor),
        "attempts": col(row.attempts),
    }
    first = orders[asked.sort.key]
    return question.order_by(first.desc() if asked.sort.descending else first, col(row.id).desc())


def _conditions(asked: OutboxQuestion) -> list[ColumnElement[bool]]:
    row = MessageRow
    found: list[ColumnElement[bool]] = [col(row.channel) == "email"]
    if asked.customer:
        found.append(col(CustomerRow.code) == asked.customer)
    if asked.on:
        found.append(col(row.business_on) == asked.on)
    if asked.text:
        found.append(any_holds(asked.text, col(CustomerRow.name), col(CustomerRow.code), col(row.recipient)))
    return found
