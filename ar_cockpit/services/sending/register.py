"""The outbox as people look at it: a list, one message with all there is of it, and how sending goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from ar_cockpit.db.queries import customers
from ar_cockpit.db.queries.lists import messages as queries
from ar_cockpit.db.queries.lists.messages import Happened, MessageItem, MessageLine, Progress
from ar_cockpit.db.queries.reminders import accounts as account_queries
from ar_cockpit.db.queries.reminders import digests
from ar_cockpit.db.queries.reminders.digests import StuckDigest
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow, MessageRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError, SettingsError
from ar_cockpit.domain.outbox import OutboxQuestion, Tab, tab_counts
from ar_cockpit.domain.pace import Cap
from ar_cockpit.mail.brand import from_json
from ar_cockpit.services.lists.records import pages_of
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.reminders.showing import shown_html
from ar_cockpit.services.sending.accounts import accounts_of
from ar_cockpit.settings import Settings

_STUCK_FOR = timedelta(days=14)  # that a digest which failed is told of
_MOST_STUCK = 5

__all__ = ["Happened", "MessageItem", "MessageLine", "Progress"]


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page of messages, and how many stand under each tab."""

    asked: OutboxQuestion
    lines: list[MessageLine]
    counts: Mapping[Tab, int]


@dataclass(frozen=True, slots=True)
class Opened:
    """One message: as it went, what it lists, what happened to it."""

    line: MessageLine
    language: str
    html: str
    text: str
    items: list[MessageItem]
    history: list[Happened]
    is_marked: bool  # its address is marked as one that bounced
    names: Mapping[str, str]  # of the colleagues who decided about it


@dataclass(frozen=True, slots=True)
class AccountPace:
    """An account as it stands: its caps, and until when it is left alone, and why."""

    name: str
    caps: tuple[Cap, ...]
    refused_until: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Going:
    """How sending goes on, over all accounts; ``error`` says that the settings cannot be read."""

    progress: Progress
    accounts: tuple[AccountPace, ...]
    error: SettingsError | None = None
    stuck: tuple[StuckDigest, ...] = ()  # digests to sales owners that did not leave: their firm steps wait


def page(session: Session, actor: Actor, asked: OutboxQuestion) -> MessagePage:
    """Return the page asked for, or the last one when there are fewer."""
    reached = _reached(session, actor, asked.company, Permission.VIEW_PLAN)
    counts = tab_counts(queries.counts(session, reached, asked))
    asked = replace(asked, page=min(asked.page, pages_of(counts[asked.tab])))
    return MessagePage(asked, queries.page(session, reached, asked), counts)


def every(session: Session, actor: Actor, asked: OutboxQuestion) -> Iterator[MessageLine]:
    """Yield the whole list, for an export."""
    reached = _reached(session, actor, asked.company, Permission.EXPORT)
    actor.require(Permission.VIEW_PLAN)
    return queries.every(session, and_(reached, _reached(session, actor, asked.company, Permission.VIEW_PLAN)), asked)


def opened(session: Session, actor: Actor, row_id: int) -> Opened:
    """Return one message with everything there is of it; raise ``NotFoundError`` for one that is not to be seen."""
    line = queries.one(session, _reached(session, actor, "", Permission.VIEW_PLAN), row_id)
    if line is None:
        raise NotFoundError("There is no such message.")
    row, history = session.get_one(MessageRow, row_id), queries.happened(session, row_id)
    return Opened(
        line,
        row.language,
        shown_html(session, row.html_body, from_json(row.images)),
        row.text_body,
        queries.items(session, row_id),
        history,
        queries.is_marked(session, row_id),
        customers.names_of(session, {one.by for one in history if one.by}),
    )


def going(session: Session, actor: Actor, company: str, settings: Settings, since: datetime) -> Going:
    """Return how sending goes on since the day began."""
    reached = _reached(session, actor, company, Permission.VIEW_PLAN)
    found = queries.progress(session, reached, since)
    stuck = tuple(digests.stuck(session, reached, since.date() - _STUCK_FOR, _MOST_STUCK))
    try:
        listed = accounts_of(settings)
    except SettingsError as error:
        return Going(found, (), error, stuck)
    known = account_queries.states(session, [one.name for one in listed])
    at = account_queries.database_time(session)
    accounts = []
    for one in listed:
        state = known.get(one.name)
        until = state.refused_until if state and state.refused_until and state.refused_until > at else None
        accounts.append(AccountPace(one.name, one.caps, until, state.last_error if state and until else ""))
    return Going(found, tuple(accounts), None, stuck)


def _reached(session: Session, actor: Actor, company: str, permission: Permission) -> ColumnElement[bool]:
    mine = customer_clause(actor.scope(permission), actor.email)
    if not company:
        return mine
    return and_(mine, col(CustomerRow.company_id).in_(chosen_companies(session, actor, permission, company)))
