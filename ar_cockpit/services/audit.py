"""The audit trail: append-only, each entry sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, select, text
from sqlmodel import Session, col

from ar_cockpit.db.tables import AuditRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.clock import now

_GENESIS = "0" * 64
_TABLE: Table = AuditRow.__table__  # type: ignore[attr-defined]  # SQLModel hides the table
# Composed once: every act of everybody ends with these. The lock's number is any constant.
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(4102001)")
_LAST_SEAL = select(_TABLE.c.hash).order_by(_TABLE.c.id.desc()).limit(1)


class Entry(NamedTuple):
    """What was changed, a (type, business key), and how it stood before and after."""

    thing: tuple[str, str]
    before: dict[str, Any]
    after: dict[str, Any]


def record(
    session: Session,
    actor: Actor,
    action: str,
    thing: tuple[str, str],
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append an entry in the caller's transaction; ``thing`` is (type, business key)."""
    record_all(session, actor, action, [Entry(thing, before or {}, after or {})])


def record_all(session: Session, actor: Actor, action: str, entries: Sequence[Entry]) -> None:
    """Append entries of one action, in their order, in the caller's transaction."""
    if not entries:
        return
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_WRITER)
    previous = connection.execute(_LAST_SEAL).scalar() or _GENESIS
    at = now()
    rows = []
    for one in entries:
        entry = AuditRow(
            at=at,
            actor_email=actor.email,
            action=action,
            object_type=one.thing[0],
            object_key=one.thing[1],
            before=one.before,
            after=one.after,
            previous_hash=previous,
            hash="",
        )
        entry.hash = previous = seal(entry)
        rows.append(entry.model_dump(exclude={"id"}))
    connection.execute(_TABLE.insert(), rows)


def seal(entry: AuditRow) -> str:
    """Return the SHA-256 over the entry's content and its predecessor's hash."""
    content = [
        _instant(entry.at),
        entry.actor_email,
        entry.action,
        entry.object_type,
        entry.object_key,
        entry.before,
        entry.after,
        entry.previous_hash,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def first_broken_entry(session: Session) -> int | None:
    """Return the id of the first entry whose seal or link does not hold, or ``None`` when the chain is whole."""
    previous = _GENESIS
    entries = select(AuditRow).order_by(col(AuditRow.id)).execution_options(yield_per=1000)
    for entry in session.scalars(entries):
        if entry.previous_hash != previous or entry.hash != seal(entry):
            return entry.id
        previous = entry.hash
    return None


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
