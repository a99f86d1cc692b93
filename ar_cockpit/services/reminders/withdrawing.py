"""Take back mails that a person wrote, while they still wait: one or many, in as many statements."""

from __future__ import annotations

from collections.abc import Sequence
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
    """Take a message back while it still waits; raise ``RefusedError`` when it is on its way."""
    reached = _reached(session, actor, [key])
    if not reached:
        raise NotFoundError("There is no such message.")
    if not _take_back(session, actor, reached, at):
        raise RefusedError("This message has left already.", "Write to the customer instead.")


def withdraw_all(session: Session, actor: Actor, keys: Sequence[str], *, at: datetime) -> int:
    """Take back those of the messages that still wait and that ``actor`` reaches; return how many they are."""
    return _take_back(session, actor, _reached(session, actor, keys), at)


def _reached(session: Session, actor: Actor, keys: Sequence[str]) -> list[int]:
    row = MessageRow
    asked = among(session, col(row.message_id), keys) & (col(row.origin) == "person")
    found = session.execute(select(col(row.id), col(row.company_id)).where(asked))
    return [key for key, company_id in found if actor.may(Permission.WORK_CUSTOMERS, company_id)]


def _take_back(session: Session, actor: Actor, row_ids: Sequence[int], at: datetime) -> int:
    if not row_ids:
        return 0
    queue.cancel(session, row_ids, f"taken back by {actor.email}", by=actor.email)
    row = MessageRow
    waited = among(session, col(row.id), row_ids) & (col(row.state) == "cancelled")
    taken = session.execute(select(col(row.id), col(row.message_id)).where(waited).order_by(col(row.id))).all()
    # Nothing of them is left but the audit entry, so that they can be written again, better, on the same day.
    stored.delete_messages(session, [key for key, _ in taken])
    told = [audit.Entry(("message", name), {}, {"at": at.isoformat()}) for _, name in taken]
    audit.record_all(session, actor, "reminder.withdraw", told)
    return len(taken)
