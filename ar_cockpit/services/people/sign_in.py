"""Signing in and out: sessions are rows, so ending one ends its rights at once, on live sockets too."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, update
from sqlmodel import Session, col, select

from ar_cockpit.db.tables import SignInAttemptRow, UserRow, UserSessionRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import ForbiddenError
from ar_cockpit.services.people.users import HASHER, actor_of

IDLE_END = timedelta(hours=12)
ABSOLUTE_END = timedelta(days=7)
TOUCH_EVERY = timedelta(minutes=1)  # a row written on every event would make readers into writers
ATTEMPT_WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 8
FAILURES_PER_ADDRESS = 40


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in and how they like it."""

    actor: Actor
    language: str
    theme: str


def sign_in(session: Session, email: str, password: str, *, at: datetime, address: str = "", agent: str = "") -> str:
    """Return a new session's token, or ``""`` when e-mail or password is not right; every try is kept.

    Raises ``ForbiddenError`` after too many failures of the account or the address within a quarter of an hour.
    The caller commits in either case: a failure that is rolled back would not count.
    """
    email = email.strip().lower()[:320]
    _refuse_when_guessing(session, email, address, at)
    user = session.exec(select(UserRow).where(UserRow.email == email)).first()
    decoy = _decoy()  # whoever asks: what the first answer takes says nothing
    right = _verify(user.password_hash if user else decoy, password) and user is not None and user.is_active
    session.add(SignInAttemptRow(email=email, address=address, at=at, succeeded=right))
    if not right or user is None:
        return ""
    token = secrets.token_urlsafe(32)
    session.add(
        UserSessionRow(
            token_hash=_digest(token),
            user_id=user.id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + ABSOLUTE_END,
            address=address,
            user_agent=agent[:200],
        )
    )
    return token


def signed_in(session: Session, token: str, *, at: datetime) -> SignedIn | None:
    """Return who holds ``token`` now, with the roles of now, or ``None``; only reads."""
    found = session.exec(
        select(UserRow)
        .join(UserSessionRow, col(UserSessionRow.user_id) == col(UserRow.id))
        .where(
            UserSessionRow.token_hash == _digest(token),
            col(UserSessionRow.ended_at).is_(None),
            UserSessionRow.expires_at > at,
            UserSessionRow.last_seen_at > at - IDLE_END,
            UserRow.is_active,
        )
    ).first()
    return SignedIn(actor_of(session, found), found.language, found.theme) if found else None


def touch(session: Session, token: str, *, at: datetime) -> None:
    """Push the idle end of ``token`` out; written at most once a minute."""
    session.execute(
        update(UserSessionRow)
        .where(
            col(UserSessionRow.token_hash) == _digest(token),
            col(UserSessionRow.ended_at).is_(None),
            col(UserSessionRow.last_seen_at) < at - TOUCH_EVERY,
        )
        .values(last_seen_at=at)
    )


def sign_out(session: Session, token: str, *, at: datetime) -> None:
    """End the session behind ``token``; an unknown one is no error."""
    session.execute(
        update(UserSessionRow)
        .where(col(UserSessionRow.token_hash) == _digest(token), col(UserSessionRow.ended_at).is_(None))
        .values(ended_at=at)
    )


def _refuse_when_guessing(session: Session, email: str, address: str, at: datetime) -> None:
    recent = (SignInAttemptRow.at > at - ATTEMPT_WINDOW, col(SignInAttemptRow.succeeded).is_(False))
    of_account = session.exec(select(func.count()).where(SignInAttemptRow.email == email, *recent)).one()
    of_address = session.exec(select(func.count()).where(SignInAttemptRow.address == address, *recent)).one()
    if of_account >= FAILURES_PER_ACCOUNT or (address and of_address >= FAILURES_PER_ADDRESS):
        raise ForbiddenError("Too many tries.", "Wait a quarter of an hour, or ask your administrator.")


@cache
def _decoy() -> str:
    """Return what is verified for an unknown user, so that the answer takes as long as for a known one."""
    return HASHER.hash(secrets.token_urlsafe())


def _verify(digest: str, password: str) -> bool:
    try:
        return HASHER.verify(digest, password[:1024])
    except VerifyMismatchError:
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
