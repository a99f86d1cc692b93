"""Everything that a collector's day is ranked by, by one query for each kind of fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting import conversation, sharing
from ar_cockpit.db.queries.collecting.conversation import OpenDispute, WaitingTask, Written
from ar_cockpit.db.queries.collecting.standing import CreditBook, credit_book
from ar_cockpit.db.queries.credit import terms
from ar_cockpit.db.queries.unapplied import unapplied_cash, unapplied_cash_of_few
from ar_cockpit.db.tables import (
    AuditRow,
    CustomerRow,
    ImportBatchRow,
    MessageRow,
    PriorityMarkRow,
    TaskClaimRow,
    TouchpointRow,
    UserRow,
)

ASK, ANSWER, DONE, NOTE, SNOOZE = "ask", "answer", "done", "note", "snooze"
AGREED = ("plan", "plan_proposed")
STOPPED = ("hold", "hold_proposed", "write_off_proposed", "manual")
# What takes a customer off the day's list, and answers a reply that waits; a note alone only answers.
COMPLETING = frozenset({"call", "promise", "dispute", DONE, *AGREED, *STOPPED})


@dataclass(frozen=True, slots=True)
class WorkBook:
    """The facts of a portfolio on one day, each kind by customer."""

    credit: CreditBook
    disputes: Mapping[int, list[OpenDispute]]
    unapplied: Mapping[tuple[int, str], int]
    waiting: Mapping[int, list[WaitingTask]]
    undelivered: Mapping[int, str]
    written_by_hand: Mapping[int, Written]


def work_book(
    session: Session,
    chosen: ColumnElement[bool],
    as_of: date,
    unapplied: Callable[..., Mapping[tuple[int, str], int]] = unapplied_cash,
) -> WorkBook:
    """Return the facts of the ``chosen`` customers on ``as_of``."""
    return WorkBook(
        credit=credit_book(session, chosen, as_of, ASK, ANSWER, DONE, NOTE, SNOOZE, *STOPPED),
        disputes=conversation.open_disputes(session, chosen, as_of),
        unapplied=unapplied(session, chosen, as_of),
        waiting=conversation.waiting_tasks(session, chosen, as_of),
        undelivered=conversation.undelivered(session, chosen, as_of),
        written_by_hand=conversation.sent_by_hand(session, chosen, as_of),
    )


def judged_work_book(session: Session, chosen: ColumnElement[bool], as_of: date) -> WorkBook:
    """Return the same of a few customers, with all that a standing is judged by."""
    book = work_book(session, chosen, as_of, unapplied_cash_of_few)
    told, policy = terms.terms(session, chosen, as_of), terms.stored_policy(session)
    return replace(book, credit=replace(book.credit, terms=told, policy=policy))


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose customers are whose: how many each collector has, and how many have nobody.

    ``nobodys`` are the collectors, by company, who are none there: it is empty, left, or may no longer collect.
    """

    by_collector: Mapping[str, int]
    unassigned: int
    nobodys: frozenset[tuple[int, str]]
    somebodys: frozenset[tuple[int, str]]

    @property
    def gone(self) -> tuple[str, ...] | None:
        """The collectors who have nobody's customers, unless one of them still collects in another company."""
        gone = {email for _, email in self.nobodys}
        return None if gone & {email for _, email in self.somebodys} else tuple(sorted(gone))


def owners(session: Session, reached: ColumnElement[bool]) -> Owners:
    """Return whose the customers ``reached`` are."""
    collector = func.lower(col(CustomerRow.collector_email))
    key = (col(CustomerRow.company_id), collector)
    counted = session.execute(select(*key, func.count()).where(reached).group_by(*key)).all()
    known = sharing.collecting(session)
    by_collector: Counter[str] = Counter()
    groups: dict[bool, set[tuple[int, str]]] = {True: set(), False: set()}
    unassigned = 0
    for company_id, email, number in counted:
        collects = bool({(email, company_id), (email, None)} & known)
        groups[collects].add((company_id, email))
        by_collector[email] += number
        unassigned += 0 if collects else number
    del by_collector[""]
    return Owners(dict(sorted(by_collector.items())), unassigned, frozenset(groups[False]), frozenset(groups[True]))


def is_user(session: Session, email: str) -> bool:
    """Return whether ``email`` is an active user."""
    question = select(col(UserRow.id)).where(col(UserRow.email) == email, col(UserRow.is_active))
    return session.execute(question).first() is not None


@dataclass(frozen=True, slots=True)
class ActOfOthers:
    """What somebody else did last."""

    customer_name: str
    actor_email: str
    happened_at: datetime


def pulse(session: Session) -> str:
    """Return a mark that changes with every act, message or import: two equal marks mean nothing to load anew."""
    newest = [
        session.execute(select(func.max(column))).scalar()
        for column in (col(AuditRow.id), col(MessageRow.id), col(TouchpointRow.id), col(ImportBatchRow.id))
    ]
    waiting = select(func.count()).where(col(MessageRow.state).in_(("queued", "claimed", "sending")))
    return "-".join(str(key or 0) for key in (*newest, session.execute(waiting).scalar()))


def live(session: Session, me: str, at: datetime) -> str:
    """Return a mark that also changes when the database's triggers noticed anything, or somebody took a customer.

    It is read from the database, so that all web workers see the same. What ``me`` takes is no news to me: moving on
    to the next customer would rank the day anew.
    """
    held = (col(TaskClaimRow.seen_at) >= at - sharing.LAPSES) & (col(TaskClaimRow.email) != me)
    claims = session.execute(select(func.count(), func.max(col(TaskClaimRow.taken_at))).where(held)).one()
    marked = session.execute(select(func.max(col(PriorityMarkRow.id)))).scalar()
    return "-".join((pulse(session), *(str(key or 0) for key in (marked, *claims))))


def last_act_of_others(
    session: Session, reached: ColumnElement[bool], me: str, kinds: tuple[str, ...], on: date
) -> ActOfOthers | None:
    """Return the latest of ``kinds``, or mail by hand, that somebody else did on a day with one of ``reached``."""
    row, mail = TouchpointRow, MessageRow
    did: Select[*tuple[Any, ...]] = (
        select(col(CustomerRow.name), col(row.actor_email), col(row.happened_at).label("at"))
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(reached, col(row.happened_on) == on, col(row.kind).in_(kinds))
        .where(col(row.actor_email) != me, col(row.undone_at).is_(None))
        .order_by(col(row.happened_at).desc(), col(row.id).desc())
        .limit(1)
    )
    wrote: Select[*tuple[Any, ...]] = (
        select(col(CustomerRow.name), col(mail.created_by), col(mail.queued_at).label("at"))
        .join(CustomerRow, col(CustomerRow.id) == col(mail.customer_id))
        .where(reached, col(mail.business_on) == on, col(mail.origin) == "person", col(mail.channel) == "email")
        .where(col(mail.created_by) != me, col(mail.state) != "cancelled")
        .order_by(col(mail.queued_at).desc(), col(mail.id).desc())
        .limit(1)
    )
    found = [one for question in (did, wrote) if (one := session.execute(question).first()) is not None]
    return max((ActOfOthers(*one) for one in found), key=lambda one: one.happened_at, default=None)
