"""Take back mails that a person wrote, while they still wait: one or many, in as many statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.reminders import messages as stored
from ar_cockpit.db.queries.reminders import outbox as queue
from ar_cockpit.db.tables import MessageRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.services import audit


def withdraw(session: Session, actor: Actor, key: str, *, at: datetime) -> None:
    """Take a message back while it still waits; raise ``RefusedError`` when it left or was cancelled."""
    reached = _reached(session, actor, [key])
    if not reached:
        raise NotFoundError("There is no such message.")
    if not _take_back(session, actor, reached, at):
        raise RefusedError("This message does not wait any more.", "Write to the customer instead.")


def withdraw_all(session: Session, actor: Actor, keys: Sequence[str], *, at: datetime) -> int:
    """Take back those of the messages that still wait and that ``actor`` reaches; return how many they are."""
    return _take_back(session, actor, _reached(session, actor, keys), at)


def _reached(session: Session, actor: Actor, keys: Sequence[str]) -> dict[int, str]:
    """Return the names of those of the messages that are a person's and within reach, by their row."""
    row = MessageRow
    asked = among(session, col(row.message_id), keys) & (col(row.origin) == "person")
    found = session.execute(select(col(row.id), col(row.message_id), col(row.company_id)).where(asked))
    return {key: name for key, name, company_id in found if actor.may(Permission.WORK_CUSTOMERS, company_id)}


def _take_back(session: Session, actor: Actor, reached: Mapping[int, str], at: datetime) -> int:
    if not reached:
        return 0
    taken = sorted(queue.cancel(session, [*reached], f"taken back by {actor.email}", by=actor.email))
    # Nothing of them is left but the audit entry, so that they can be written again, better, on the same day.
    stored.delete_messages(session, taken)
    told = [audit.Entry(("message", reached[key]), {}, {"at": at.isoformat()}) for key in taken]
    audit.record_all(session, actor, "reminder.withdraw", told)
    return len(taken)
