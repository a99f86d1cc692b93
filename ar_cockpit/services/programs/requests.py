"""Requests with an idempotency key: done once, answered the same way however often they are repeated.

A key is taken in a transaction of its own, so that a repetition that arrives meanwhile is told so. The answer is
kept in the transaction that does the work: either both are there or neither. A process that dies in between leaves
a lease that runs out; whoever takes the key over then is the only one whose work is committed.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, select, update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.instants import database_now
from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import ApiRequestRow
from ar_cockpit.domain.errors import RefusedError

LEASE_SECONDS = 120
_QUIET = {"synchronize_session": False}


class UnderWayError(RefusedError):
    """The first request with this key is not done yet."""


class KeyReusedError(RefusedError):
    """The key stood for another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A key in our hands, until its answer is kept."""

    row_id: int
    owner: str


def fingerprint(address: str, body: bytes) -> str:
    """Return what tells one request from another."""
    return hashlib.sha256(address.encode() + b"\0" + body).hexdigest()


def take(bind: Engine, token_id: int, key: str, fingerprint: str, at: datetime) -> Taken | Answer:
    """Take a key, or return the answer it got before.

    Raises ``KeyReusedError`` when it stands for another request, ``UnderWayError`` when that is not done yet.
    """
    row, owner = ApiRequestRow, f"request-{secrets.token_hex(8)}"
    columns = ("token_id", "key", "fingerprint", "state", "owner", "status", "answer", "created_at")
    fresh = (token_id, key, fingerprint, "running", "", 0, "", at)
    with transaction(bind) as session:
        upsert(session, row, columns, [fresh], ("token_id", "key"), kept=columns)
        found = session.execute(
            select(col(row.id), col(row.fingerprint), col(row.state), col(row.status), col(row.answer))
            .where(col(row.token_id) == token_id, col(row.key) == key)
            .with_for_update()
        ).one()
        if found.fingerprint != fingerprint:
            raise KeyReusedError("This idempotency key stands for another request.", "Use a new key for each request.")
        if found.state == "done":
            return Answer(found.status, found.answer)
        is_free = (col(row.lease_until).is_(None)) | (col(row.lease_until) < database_now())
        taking = update(row).where(col(row.id) == found.id, is_free)
        values = {"owner": owner, "lease_until": database_now(LEASE_SECONDS)}
        if not session.execute(taking.values(values).returning(col(row.id)), execution_options=_QUIET).first():
            raise UnderWayError("The first request with this idempotency key is still under way.", "Try again soon.")
    return Taken(found.id, owner)


def keep(session: Session, taken: Taken, answer: Answer) -> None:
    """Keep the answer in the transaction of the work; raise ``UnderWayError`` when the key was taken over."""
    keeping = (
        update(ApiRequestRow)
        .where(col(ApiRequestRow.id) == taken.row_id, col(ApiRequestRow.owner) == taken.owner)
        .values(state="done", status=answer.status, answer=answer.body, lease_until=None)
        .returning(col(ApiRequestRow.id))
    )
    if not session.execute(keeping, execution_options=_QUIET).first():
        raise UnderWayError("This took so long that a repetition took it over.", "Ask again for its answer.")


def give_back(bind: Engine, taken: Taken) -> None:
    """Forget a key whose request was not done, so that it can be tried again."""
    with transaction(bind) as session:
        session.execute(
            delete(ApiRequestRow).where(
                col(ApiRequestRow.id) == taken.row_id,
                col(ApiRequestRow.owner) == taken.owner,
                col(ApiRequestRow.state) == "running",
            ),
            execution_options=_QUIET,
        )


def forget_before(session: Session, at: datetime) -> int:
    """Remove answers kept since before ``at``; return how many."""
    gone = delete(ApiRequestRow).where(col(ApiRequestRow.created_at) < at).returning(col(ApiRequestRow.id))
    return len(session.execute(gone, execution_options=_QUIET).all())
