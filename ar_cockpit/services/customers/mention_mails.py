"""Mails about mentions that nobody looked at: written for whoever is away, and what each says when it goes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlmodel import Session, col

from ar_cockpit import routes
from ar_cockpit.db.queries.colleague_outbox import Claimed
from ar_cockpit.db.tables import (
    CompanyRow,
    CustomerRow,
    MentionMailRow,
    MentionRow,
    TouchpointRow,
    UserRow,
    UserSessionRow,
)
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.mail.compose import Composed
from ar_cockpit.mail.mention import Named, compose_mention
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.sending.to_colleagues import Kind, headed, public_address
from ar_cockpit.settings import get_settings

AWAY_AFTER = timedelta(minutes=10)  # not seen for so long; who is here has the bell


class _Waiting(NamedTuple):
    """A mention that was not looked at by somebody who is away."""

    mention_id: int
    user_id: int
    email: str
    mail_from: str
    mail_reply_to: str


def something_to_tell(session: Session, at: datetime) -> bool:
    """Return whether a mail is to be written for somebody."""
    return bool(_waiting(session, at))


def write_mails(session: Session, actor: Actor, on: date, *, at: datetime) -> int:
    """Queue one mail for each absent reader of unread mentions and return how many; a mention is mailed once."""
    actor.require(Permission.RUN_JOBS)
    by_user: dict[int, list[_Waiting]] = defaultdict(list)
    for one in _waiting(session, at):
        by_user[one.user_id].append(one)
    for some in by_user.values():
        row = MentionMailRow(**headed(some[0], f"mentions {some[0].mention_id}", on, at))
        session.add(row)
        session.flush()
        these = col(MentionRow.id).in_([one.mention_id for one in some])
        session.execute(update(MentionRow).where(these, col(MentionRow.mail_id).is_(None)).values(mail_id=row.id))
    return len(by_user)


def _waiting(session: Session, at: datetime) -> list[_Waiting]:
    row, user = MentionRow, UserRow
    question = (
        select(col(row.id), col(user.id), col(user.email), col(CompanyRow.mail_from), col(CompanyRow.mail_reply_to))
        .join(user, col(user.id) == col(row.user_id))
        .join(TouchpointRow, col(TouchpointRow.id) == col(row.touchpoint_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
        .where(col(row.read_at).is_(None), col(row.mail_id).is_(None), col(row.mentioned_at) <= at - AWAY_AFTER)
        .where(col(user.is_active), col(TouchpointRow.undone_at).is_(None), ~_is_here(at))
        .order_by(col(row.user_id), col(row.id))
    )
    return [_Waiting(*one) for one in session.execute(question)]


def _is_here(at: datetime) -> ColumnElement[bool]:
    """Return whether a user was seen lately in a session that goes on."""
    row = UserSessionRow
    seen = (
        select(func.max(col(row.last_seen_at)))
        .where(col(row.user_id) == col(UserRow.id), col(row.ended_at).is_(None))
        .correlate(UserRow)
        .scalar_subquery()
    )
    return func.coalesce(seen > at - AWAY_AFTER, False)


def _write(session: Session, mail: Claimed, _as_of: date) -> Composed | None:
    """Write a mail as things stand now: what was read, taken back or hidden meanwhile is not told."""
    user = session.get_one(UserRow, mail.user_id)
    reader = actor_of(session, user)
    row, by = MentionRow, UserRow
    question = (
        select(
            func.coalesce(col(by.name), col(row.mentioned_by)),
            col(CustomerRow.name),
            col(row.mentioned_at),
            col(TouchpointRow.text),
            col(TouchpointRow.finance_only),
            col(row.company_id),
            col(CustomerRow.sales_email),
        )
        .join(TouchpointRow, col(TouchpointRow.id) == col(row.touchpoint_id))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .outerjoin(by, col(by.email) == col(row.mentioned_by))
        .where(col(row.mail_id) == mail.mail_id, col(row.read_at).is_(None), col(TouchpointRow.undone_at).is_(None))
        .order_by(col(row.id))
    )
    zone = get_settings().zone
    notes = [
        Named(name, customer, at.astimezone(zone).date(), text)
        for name, customer, at, text, inside, company_id, owner in session.execute(question)
        if reader.may(Permission.VIEW_CUSTOMERS, company_id, owns=owner == reader.email)
        and (not inside or reader.may(Permission.VIEW_INTERNAL, company_id))
    ]
    if not notes:
        return None
    return compose_mention(mail.name, mail.language, notes, f"{public_address()}{routes.INBOX}/")


MENTIONS = Kind("mentions", MentionMailRow, _write)
