"""Mentions of colleagues in notes: told on screen at once, marked as read by the one who was named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CompanyRow, CustomerRow, MentionRow, TouchpointRow, UserRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.customers.mentions import handles_of, mentioned
from ar_cockpit.services.people.colleagues import Colleague, colleagues_of

MOST_LISTED = 200


class Mention(NamedTuple):
    """A note that names the reader."""

    mention_id: int
    company_code: str
    customer_code: str
    customer_name: str
    text: str
    by: str  # a name
    mentioned_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """The mentions of one person, the unread ones first."""

    mentions: list[Mention]
    unread: int


def record(
    session: Session,
    actor: Actor,
    line: CustomerLine,
    touchpoint_id: int,
    text: str,
    *,
    at: datetime,
    finance_only: bool = False,
) -> list[str]:
    """Tell whom a note names of it, and return their names; who may not see the note is not told of it."""
    if "@" not in text:
        return []
    who = {one.email.lower(): one for one in colleagues_of(session, line) if one.sees_internal or not finance_only}
    named = [who[email] for email in mentioned(text, handles_of(who)) if email != actor.email.lower()]
    ring(session, actor, line, touchpoint_id, named, at=at)
    return [one.name for one in named]


def ring(
    session: Session, actor: Actor, line: CustomerLine, touchpoint_id: int, who: Sequence[Colleague], *, at: datetime
) -> None:
    """Put a touchpoint into the inboxes of ``who``."""
    session.add_all(
        MentionRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            touchpoint_id=touchpoint_id,
            user_id=one.user_id,
            mentioned_by=actor.email,
            mentioned_at=at,
        )
        for one in who
    )
    session.flush()


def ring_one(
    session: Session, actor: Actor, told: Sequence[tuple[CustomerLine, int]], email: str, *, at: datetime
) -> None:
    """Put touchpoints of several customers into the inbox of one colleague, who is known to see them; not one's own."""
    who = session.execute(select(col(UserRow.id)).where(col(UserRow.email) == email, col(UserRow.is_active))).scalar()
    if who is None or email == actor.email.lower():
        return
    session.add_all(
        MentionRow(
            company_id=line.company_id,
            customer_id=line.customer_id,
            touchpoint_id=touchpoint_id,
            user_id=who,
            mentioned_by=actor.email,
            mentioned_at=at,
        )
        for line, touchpoint_id in told
    )
    session.flush()


def unread(session: Session, actor: Actor) -> int:
    """Return how many mentions the actor has not looked at; a note that was taken back counts no more."""
    if actor.user_id is None:
        return 0
    question = select(func.count()).select_from(MentionRow).join(TouchpointRow, _NOTE)
    return int(session.execute(question.where(*_unread_of(actor))).scalar_one())


def inbox(session: Session, actor: Actor) -> Inbox:
    """Return the latest mentions of the actor, of customers that the actor may still see."""
    actor.scope(Permission.VIEW_CUSTOMERS)
    if actor.user_id is None:
        return Inbox([], 0)
    row, by = MentionRow, UserRow
    question = (
        select(
            col(row.id),
            col(CompanyRow.code),
            col(CustomerRow.code),
            col(CustomerRow.name),
            col(TouchpointRow.text),
            func.coalesce(col(by.name), col(row.mentioned_by)),
            col(row.mentioned_at),
            col(row.read_at),
        )
        .join(TouchpointRow, _NOTE)
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .outerjoin(by, col(by.email) == col(row.mentioned_by))
        .where(col(row.user_id) == actor.user_id, col(TouchpointRow.undone_at).is_(None))
        .where(customer_clause(actor.scope(Permission.VIEW_CUSTOMERS), actor.email), _may_be_seen(actor))
        .order_by(col(row.read_at).is_not(None), col(row.mentioned_at).desc(), col(row.id).desc())
        .limit(MOST_LISTED)
    )
    found = [Mention(*one) for one in session.execute(question)]
    return Inbox(found, sum(one.read_at is None for one in found))


def mark_read(session: Session, actor: Actor, mention_id: int | None, *, at: datetime) -> int:
    """Mark one's own mention (``None``: all of them) as read, and return how many were unread."""
    if actor.user_id is None:
        return 0
    mine = [col(MentionRow.user_id) == actor.user_id, col(MentionRow.read_at).is_(None)]
    if mention_id is not None:
        mine.append(col(MentionRow.id) == mention_id)
    marked = session.execute(update(MentionRow).where(*mine).values(read_at=at).returning(col(MentionRow.id)))
    return len(marked.scalars().all())


def mark_unread(session: Session, actor: Actor, mention_id: int) -> None:
    """Take back that one's own mention was read."""
    mine = (col(MentionRow.user_id) == actor.user_id, col(MentionRow.id) == mention_id)
    session.execute(update(MentionRow).where(*mine).values(read_at=None))


_NOTE = col(TouchpointRow.id) == col(MentionRow.touchpoint_id)


def _unread_of(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    row = MentionRow
    return (
        col(row.user_id) == actor.user_id,
        col(row.read_at).is_(None),
        col(TouchpointRow.undone_at).is_(None),
        _may_be_seen(actor),
    )


def _may_be_seen(actor: Actor) -> ColumnElement[bool]:
    """Return the notes that the actor may still see: a right may have gone since the note was written."""
    if actor.may(Permission.VIEW_INTERNAL):
        return col(TouchpointRow.id).is_not(None)
    return ~col(TouchpointRow.finance_only)
