"""What came back about messages: found by their Message-IDs, and recorded once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ar_cockpit.db.instants import database_now
from ar_cockpit.db.queries.reminders.outbox import note
from ar_cockpit.db.tables import ContactRow, IncomingMailRow, MailboxRow, MessageEventRow, MessageItemRow, MessageRow

_QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Concerned:
    """The message that a mail is about."""

    row_id: int
    company_id: int
    customer_id: int
    recipient: str
    state: str
    message_id: str


def place_of(session: Session, name: str) -> tuple[int, int]:
    """Return validity and number of the last mail that was read of a mailbox."""
    question = select(col(MailboxRow.uid_validity), col(MailboxRow.last_uid)).where(col(MailboxRow.name) == name)
    found = session.execute(question).one_or_none()
    return (found[0], found[1]) if found else (0, 0)


def set_place(session: Session, name: str, validity: int, uid: int) -> None:
    """Remember how far a mailbox was read."""
    values = {"uid_validity": validity, "last_uid": uid, "read_at": database_now()}
    fresh = _insert(session, MailboxRow).values(name=name, **values)
    session.execute(fresh.on_conflict_do_update(index_elements=["name"], set_=values))


def concerned(session: Session, message_ids: Sequence[str]) -> Concerned | None:
    """Return the message with the first of ``message_ids`` that there is, locked."""
    row = MessageRow
    question = select(
        col(row.id), col(row.company_id), col(row.customer_id), col(row.recipient), col(row.state), col(row.message_id)
    ).where(col(row.message_id).in_(message_ids), col(row.channel) == "email")
    found = {one[5]: Concerned(*one) for one in session.execute(question.with_for_update())}
    return next((found[key] for key in message_ids if key in found), None)


def record(session: Session, values: dict[str, Any]) -> bool:
    """Insert a mail and return whether it is new."""
    statement = _insert(session, IncomingMailRow).values(**values).on_conflict_do_nothing(index_elements=["key"])
    return session.execute(statement.returning(col(IncomingMailRow.id))).first() is not None


def was_readdressed(session: Session, row_id: int) -> bool:
    """Return whether a message was sent again to another address."""
    row = MessageEventRow
    question = select(col(row.id)).where(col(row.message_row_id) == row_id, col(row.kind) == "readdressed")
    return session.execute(question.limit(1)).first() is not None


def bounced(session: Session, row_id: int, words: str) -> bool:
    """Note that a message came back; its steps were not done. Return whether it counted as sent or unknown before."""
    found = session.execute(
        update(MessageRow)
        .where(col(MessageRow.id) == row_id, col(MessageRow.state).in_(("sent", "unknown")))
        .values(state="bounced", owner="", lease_until=None, error=words)
        .returning(col(MessageRow.id)),
        execution_options=_QUIET,
    )
    if found.first() is None:
        return False
    session.execute(
        update(MessageItemRow)
        .where(col(MessageItemRow.message_row_id) == row_id, col(MessageItemRow.dropped) == "")
        .values(dropped="bounced"),
        execution_options=_QUIET,
    )
    return True


def delivered(session: Session, row_id: int, at: datetime) -> None:
    """Take a report that a message arrived for what it proves: one that was unknown went."""
    session.execute(
        update(MessageRow)
        .where(col(MessageRow.id) == row_id, col(MessageRow.state) == "unknown")
        .values(state="sent", owner="", lease_until=None, error="", sent_at=at),
        execution_options=_QUIET,
    )


def mark_address(session: Session, about: Concerned, at: datetime) -> None:
    """Mark the address that a message came back from."""
    session.execute(
        update(ContactRow)
        .where(
            col(ContactRow.customer_id) == about.customer_id,
            func.lower(col(ContactRow.email)) == about.recipient.lower(),
        )
        .values(bounced_at=at, bounced_email=col(ContactRow.email)),
        execution_options=_QUIET,
    )


def note_event(session: Session, row_id: int, kind: str, words: str) -> None:
    """Write down what a mail says of a message."""
    note(session, [row_id], kind, words)


def _insert(session: Session, table: type[Any]) -> Any:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)
