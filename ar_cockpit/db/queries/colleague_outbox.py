"""The protocol that sends mails to our own people at most once, each step one conditional update.

``row`` is the table they wait in: sales owners' digests, mails about mentions, or alerts of crossed limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlmodel import Session, col

from ar_cockpit.db.instants import database_now
from ar_cockpit.db.queries.reminders.outbox import LEASE_SECONDS, Settled, outcome, states_before
from ar_cockpit.db.tables import AlertMailRow, MentionMailRow, SalesDigestRow, UserRow

Queue = type[SalesDigestRow] | type[MentionMailRow] | type[AlertMailRow]

_WAIT_SECONDS = 600  # before the next try: what they tell is soon old
_QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed mail and whom it goes to."""

    mail_id: int
    user_id: int
    recipient: str
    name: str
    language: str
    is_active: bool
    business_on: date
    message_id: str
    sender: str
    reply_to: str


def is_waiting(session: Session, row: Queue) -> bool:
    """Return whether a mail could be claimed now, or one was left in somebody's hands."""
    left = and_(col(row.state).in_(("claimed", "sending")), col(row.lease_until) < database_now())
    return bool(session.execute(select(exists().where(or_(_may_be_claimed(row), left)))).scalar_one())


def owners_at_work(session: Session, row: Queue) -> list[str]:
    """Return the senders in whose hands mails are."""
    question = select(col(row.owner)).where(col(row.state).in_(("claimed", "sending"))).distinct()
    return [owner for owner in session.execute(question).scalars() if owner]


def take_back(session: Session, dead: Sequence[str], row: Queue) -> int:
    """Queue what was only claimed by the dead; what was being sent is unknown. Return how many became unknown."""
    gone = or_(col(row.owner).in_(dead), col(row.lease_until) < database_now())
    session.execute(
        update(row).where(col(row.state) == "claimed", gone).values(state="queued", owner="", lease_until=None),
        execution_options=_QUIET,
    )
    lost = session.execute(
        update(row)
        .where(col(row.state) == "sending", gone)
        .values(state="unknown", lease_until=None, error="the sender ended before the server's answer was recorded")
        .returning(col(row.id)),
        execution_options=_QUIET,
    )
    return len(lost.scalars().all())


def claim(session: Session, owner: str, row: Queue) -> Claimed | None:
    """Claim the mail that waits longest."""
    chosen = session.execute(
        select(col(row.id))
        .where(_may_be_claimed(row))
        .order_by(col(row.next_attempt_at).nulls_first(), col(row.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    claimed = session.execute(
        update(row)
        .where(col(row.id) == chosen, col(row.state) == "queued")
        .values(state="claimed", owner=owner, lease_until=database_now(LEASE_SECONDS))
        .returning(col(row.id)),
        execution_options=_QUIET,
    ).scalar_one_or_none()
    return _claimed(session, claimed, row) if claimed is not None else None


def fence(session: Session, owner: str, mail_id: int, row: Queue) -> bool:
    """Mark as ``sending`` what is still claimed by ``owner``; once this is committed, DATA may begin."""
    fenced = session.execute(
        update(row)
        .where(col(row.id) == mail_id, col(row.owner) == owner, col(row.state) == "claimed")
        .values(state="sending", attempts=col(row.attempts) + 1, lease_until=database_now(LEASE_SECONDS))
        .returning(col(row.id)),
        execution_options=_QUIET,
    )
    return fenced.scalar_one_or_none() is not None


def settle(session: Session, owner: str, mail_id: int, settled: Settled, row: Queue) -> None:
    """Record what became of a mail in ``owner``'s hands."""
    session.execute(
        update(row)
        .where(col(row.id) == mail_id, col(row.owner) == owner, col(row.state).in_(states_before(settled)))
        .values(attempts=col(row.attempts) + int(settled.counts), **outcome(owner, settled, _WAIT_SECONDS)),
        execution_options=_QUIET,
    )


def _may_be_claimed(row: Queue) -> ColumnElement[bool]:
    return and_(
        col(row.state) == "queued",
        or_(col(row.next_attempt_at).is_(None), col(row.next_attempt_at) <= database_now()),
    )


def _claimed(session: Session, mail_id: int, row: Queue) -> Claimed:
    question = (
        select(
            col(row.id),
            col(row.user_id),
            col(row.recipient),
            col(UserRow.name),
            col(UserRow.language),
            col(UserRow.is_active),
            col(row.business_on),
            col(row.message_id),
            col(row.sender),
            col(row.reply_to),
        )
        .join(UserRow, col(UserRow.id) == col(row.user_id))
        .where(col(row.id) == mail_id)
    )
    return Claimed(*session.execute(question).one())
