"""The outbox on screen and for persons: what waits, what became of it, and deciding what no machine can know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select, true
from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders import outbox as queries
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow, MessageRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit

STATES = ("queued", "claimed", "sending", "sent", "failed", "unknown", "bounced", "cancelled")


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A message as it is listed."""

    message_id: str
    customer: str
    contact: str
    step: str
    state: str
    attempts: int
    queued_at: datetime
    sent_at: datetime | None
    error: str
    next_attempt_at: datetime | None = None  # of one that waits for another try


def list_messages(
    session: Session, actor: Actor, *, state: str = "", customer_id: int | None = None, limit: int = 0
) -> list[OutboxEntry]:
    """Return the messages that ``actor`` may see, the oldest first; with a ``limit``, the newest of them."""
    if state and state not in STATES:
        raise InputError(f"There is no state {state!r}.", f"Use one of: {', '.join(STATES)}.")
    row = MessageRow
    question = (
        select(
            col(row.message_id),
            col(CustomerRow.code),
            col(row.recipient),
            col(row.step),
            col(row.state),
            col(row.attempts),
            col(row.queued_at),
            col(row.sent_at),
            col(row.error),
            case((col(row.state) == "queued", col(row.next_attempt_at))),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(
            customer_clause(actor.scope(Permission.VIEW_PLAN), actor.email),
            col(row.channel) == "email",
            col(row.state) == state if state else true(),
            true() if customer_id is None else col(row.customer_id) == customer_id,
        )
        .order_by(col(row.id).desc())
    )
    found = session.execute(question.limit(limit) if limit else question)
    return [OutboxEntry(*one) for one in reversed(found.all())]


def resolve(session: Session, actor: Actor, message_id: str, *, as_sent: bool, at: datetime) -> None:
    """Decide about a message of which nobody knows whether it went: it did, or it goes again under the same id."""
    row = _message(session, actor, message_id)
    if row.state != "unknown":
        raise RefusedError(
            f"This message is {row.state}, not unknown.", "Only an unknown message is resolved; nothing was changed."
        )
    row.state = "sent" if as_sent else "queued"
    row.owner, row.lease_until, row.next_attempt_at = "", None, None
    row.sent_at = at if as_sent else None
    row.closed_at, row.closed_by = (at, actor.email) if as_sent else (None, "")
    row.error = ""
    session.flush()
    queries.note(session, [row.id], "said_sent" if as_sent else "said_again", by=actor.email)
    audit.record(
        session,
        actor,
        "outbox.resolve",
        ("message", row.message_id),
        before={"state": "unknown"},
        after={"state": row.state},
    )


def _message(session: Session, actor: Actor, message_id: str) -> MessageRow:
    wanted = message_id.strip().strip("<>")
    row = session.scalars(select(MessageRow).where(col(MessageRow.message_id) == f"<{wanted}>")).one_or_none()
    allowed = row is not None and (
        actor.may(Permission.WORK_CUSTOMERS, row.company_id) or actor.may(Permission.RUN_JOBS, row.company_id)
    )
    if row is None or not allowed:
        raise NotFoundError(f"There is no message {message_id}.", "ar-cockpit outbox list shows them.")
    return row
