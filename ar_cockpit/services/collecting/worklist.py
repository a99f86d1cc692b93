"""A collector's day: whom to contact, ranked, with what is done and what sleeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, true
from sqlmodel import Session, col

from ar_cockpit.db.queries import customers
from ar_cockpit.db.queries.collecting import sharing
from ar_cockpit.db.queries.collecting import worklist as stored
from ar_cockpit.db.queries.collecting.worklist import ActOfOthers, Owners
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission, Role
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.policy.model import Segment
from ar_cockpit.services.collecting.queue import judging, pages
from ar_cockpit.services.collecting.queue.judging import Task, TaskState
from ar_cockpit.services.collecting.queue.pages import Page, Wanted
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.people.users import actor_by_email, normal_email
from ar_cockpit.services.reminders import policy

NOBODY = "nobody"  # in place of a collector: the customers that have none who collects
__all__ = ["NOBODY", "ActOfOthers", "Owners", "Page", "Task", "TaskState", "Wanted", "Worklist"]


@dataclass(frozen=True, slots=True)
class Worklist:
    """A day's tasks: the open ones in working order, then the snoozed and the done ones."""

    as_of: date
    tasks: tuple[Task, ...]


def queue(session: Session, actor: Actor, *, collector: str, as_of: date, company: str = "") -> Worklist:
    """Return the day of one collector; raise ``NotFoundError`` when nobody of that address collects."""
    email = normal_email(collector)
    reached = _reached(session, actor, company)
    mine = reached & _of(whose(session, email, as_of))
    _require_collector(session, email, mine)
    return _day(session, mine, as_of)


def team_day(session: Session, actor: Actor, *, as_of: date, company: str = "") -> Worklist:
    """Return the day of everybody whose customers ``actor`` may work on."""
    return _day(session, _reached(session, actor, company), as_of)


def page(
    session: Session, actor: Actor, *, as_of: date, wanted: Wanted, collector: str = "", company: str = ""
) -> Page:
    """Return a page of the day of one collector, or of everybody, as :func:`queue` and :func:`team_day` rank it."""
    reached = _reached(session, actor, company)
    companies = _whole_companies(session, actor, company)
    if collector == NOBODY:
        gone = stored.owners(session, reached).gone
        # Somebody who still collects elsewhere is nobody here: what is kept by collector does not tell the two apart.
        companies = companies if gone else None
        return pages.page(session, reached & sharing.has_nobody(), companies, gone or ("",), as_of, wanted)
    emails = whose(session, normal_email(collector), as_of) if collector else []
    if emails:
        reached = reached & _of(emails)
    found = pages.page(session, reached, companies, emails, as_of, wanted)
    if emails and not found.counts:
        _require_collector(session, emails[0], reached)
    return found


def whose(session: Session, email: str, as_of: date) -> list[str]:
    """Return whose customers a collector has on a day: the own ones first, then those of whom is covered."""
    return [email, *(one for one in sharing.covered_by(session, email, as_of) if one != email)]


def owners(session: Session, actor: Actor, *, company: str = "") -> Owners:
    """Return the collectors whose day ``actor`` may see, with the number of their customers and of nobody's."""
    return stored.owners(session, _reached(session, actor, company))


def pulse(session: Session, actor: Actor, *, at: datetime) -> str:
    """Return a mark that changes whenever a day may have changed for ``actor``."""
    actor.require(Permission.VIEW_QUEUE)
    return stored.live(session, actor.email, at)


def last_act_of_others(session: Session, actor: Actor, *, as_of: date, company: str = "") -> ActOfOthers | None:
    """Return what a colleague dealt with last on ``as_of``."""
    kinds = tuple(sorted(judging.ACTS_THAT_COMPLETE))
    return stored.last_act_of_others(session, _reached(session, actor, company), actor.email, kinds, as_of)


def names(session: Session, actor: Actor, emails: set[str]) -> dict[str, str]:
    """Return the names of colleagues by e-mail, to whoever works with them."""
    actor.require(Permission.VIEW_QUEUE)
    return customers.names_of(session, emails)


def segments(session: Session) -> Sequence[Segment]:
    """Return the segments of the policy in force, by which a day may be filtered."""
    return policy.in_force(session).policy.segments


def _of(emails: Sequence[str]) -> ColumnElement[bool]:
    return func.lower(col(CustomerRow.collector_email)).in_(emails)


def _reached(session: Session, actor: Actor, company: str) -> ColumnElement[bool]:
    scope = actor.scope(Permission.VIEW_QUEUE)
    reached = customer_clause(scope, actor.email)
    if company:
        chosen = chosen_companies(session, actor, Permission.VIEW_QUEUE, company)
        reached = reached & col(CustomerRow.company_id).in_(chosen)
    return reached & true()


def _require_collector(session: Session, email: str, mine: ColumnElement[bool]) -> None:
    if stored.owners(session, mine).by_collector:
        return
    collects = {Role.COLLECTOR, Role.CREDIT_MANAGER}
    if not stored.is_user(session, email) or not collects & actor_by_email(session, email).roles:
        raise NotFoundError(f"There is no collector {email}.", "ar-cockpit user list shows them.")


def _day(session: Session, chosen: ColumnElement[bool], as_of: date) -> Worklist:
    found = judging.tasks(session, chosen, as_of)
    return Worklist(as_of, tuple(replace(task, rank=rank) for rank, task in enumerate(found, 1)))


def _whole_companies(session: Session, actor: Actor, company: str) -> tuple[int, ...] | None:
    """Return the companies that are reached, or ``None`` where some are reached in part only."""
    scope = actor.scope(Permission.VIEW_QUEUE)
    if scope.own_only_ids != frozenset():
        return None
    return tuple(chosen_companies(session, actor, Permission.VIEW_QUEUE, company))
