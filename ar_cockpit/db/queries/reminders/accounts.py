"""Mail accounts in SQL: what each was given in the spans of its caps, and until when one is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from ar_cockpit.db.instants import database_now
from ar_cockpit.db.tables import CompanyRow, MailAccountRow, MailPaceRow, MessageRow
from ar_cockpit.domain.pace import Cap

_FIRST_PAUSE_SECONDS = 15
_DOUBLINGS = 6  # a quarter of a minute, then twice as long each time, 16 minutes at most
_QUIET = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account as the database knows it."""

    account_id: int
    refusals: int
    refused_until: datetime | None
    last_error: str


def account_id(session: Session, name: str) -> int:
    """Return the key of the account ``name``, made if it is new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    known = select(col(MailAccountRow.id)).where(col(MailAccountRow.name) == name)
    found = session.execute(known).scalar_one_or_none()
    if found is None:
        fresh = dialect.insert(MailAccountRow).values(name=name, refusals=0, last_error="")
        session.execute(fresh.on_conflict_do_nothing())
        return int(session.execute(known).scalar_one())
    return int(found)


def states(session: Session, names: Sequence[str]) -> dict[str, AccountState]:
    """Return what is known of accounts, by name; one that never sent is not there."""
    row = MailAccountRow
    question = select(col(row.name), col(row.id), col(row.refusals), col(row.refused_until), col(row.last_error)).where(
        col(row.name).in_(names)
    )
    return {one[0]: AccountState(*one[1:]) for one in session.execute(question)}


def database_time(session: Session) -> datetime:
    """Return the present instant on the database's clock."""
    found: datetime = session.execute(select(database_now())).scalar_one()
    return found


def lock(session: Session, account: int) -> None:
    """Let one sender at a time take from an account; on SQLite the transaction itself does."""
    session.execute(select(col(MailAccountRow.id)).where(col(MailAccountRow.id) == account).with_for_update())


def taken(session: Session, account: int, cap: Cap, at: float) -> dict[int, int]:
    """Return how many messages an account was given in each part of a cap's span that still counts."""
    row = MailPaceRow
    question = select(col(row.part), col(row.taken)).where(
        col(row.account_id) == account, col(row.span_seconds) == cap.span, col(row.part) >= cap.first_live(at)
    )
    return dict(session.execute(question).all())


def take(session: Session, account: int, cap: Cap, at: float, count: int) -> None:
    """Count ``count`` messages (fewer than none: given back) in the present part, and forget parts long past."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = MailPaceRow
    fresh = dialect.insert(row).values(account_id=account, span_seconds=cap.span, part=cap.part(at), taken=count)
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=["account_id", "span_seconds", "part"], set_={"taken": col(row.taken) + count}
        )
    )
    past = (col(row.span_seconds) == cap.span, col(row.part) < cap.first_live(at))
    session.execute(delete(row).where(col(row.account_id) == account, *past), execution_options=_QUIET)


def refused(session: Session, account: int, words: str) -> None:
    """Note that an account could not be used: the next look is twice as long in coming."""
    tries = col(MailAccountRow.refusals)
    pauses = [(tries <= n, _FIRST_PAUSE_SECONDS * 2**n) for n in range(_DOUBLINGS)]
    until = database_now(case(*pauses, else_=_FIRST_PAUSE_SECONDS * 2**_DOUBLINGS))
    session.execute(
        update(MailAccountRow)
        .where(col(MailAccountRow.id) == account)
        .values(refusals=tries + 1, refused_until=until, last_error=words),
        execution_options=_QUIET,
    )


def works(session: Session, account: int) -> None:
    """Note that an account can be used (again)."""
    session.execute(
        update(MailAccountRow)
        .where(col(MailAccountRow.id) == account, col(MailAccountRow.refusals) > 0)
        .values(refusals=0, refused_until=None, last_error=""),
        execution_options=_QUIET,
    )


def companies_waiting(session: Session) -> frozenset[str]:
    """Return the codes of the companies of which an e-mail waits or is in somebody's hands."""
    question = (
        select(col(CompanyRow.code))
        .distinct()
        .join(MessageRow, col(MessageRow.company_id) == col(CompanyRow.id))
        .where(col(MessageRow.channel) == "email", col(MessageRow.state).in_(("queued", "claimed", "sending")))
    )
    return frozenset(session.execute(question).scalars())


def of_companies(only: frozenset[str] | None, but: frozenset[str]) -> ColumnElement[bool]:
    """Return the messages of the companies ``only`` (``None``: of all), ``but`` for those named."""
    codes = col(CompanyRow.code).not_in(but) if only is None else col(CompanyRow.code).in_(only)
    return col(MessageRow.company_id).in_(select(col(CompanyRow.id)).where(codes))
