"""A collector's day: whom to contact, ranked, with what is done and what sleeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, true
from sqlmodel import Session, col

from ar_cockpit.db.queries import customers
from ar_cockpit.db.queries.collecting import worklist as stored
from ar_cockpit.db.queries.collecting.conversation import Touch
from ar_cockpit.db.queries.collecting.worklist import ActOfOthers, WorkBook, work_book
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission, Role
from ar_cockpit.domain.collecting.priority import Action, Priority, TaskFacts, prioritise, ranked
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import portfolio
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.people.users import actor_by_email, normal_email

# What takes a customer off today's list; a note alone does not.
_ACTS_THAT_COMPLETE = frozenset({"call", "promise", "dispute", stored.DONE})


class TaskState(StrEnum):
    """Where in the day a customer stands."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Task:
    """One customer of the day; one that was dealt with may have no reasons left, and rank 0."""

    rank: int
    state: TaskState
    customer: CustomerLine
    facts: TaskFacts
    score: int
    reasons: tuple[Reason, ...]
    action: Action | None
    snoozed_until: date | None = None
    done_by: str = ""


@dataclass(frozen=True, slots=True)
class Worklist:
    """A day's tasks: the open ones in working order, then the snoozed and the done ones."""

    as_of: date
    tasks: tuple[Task, ...]

    def in_state(self, state: TaskState) -> tuple[Task, ...]:
        """Return the tasks of one tab."""
        return tuple(task for task in self.tasks if task.state is state)


def queue(session: Session, actor: Actor, *, collector: str, as_of: date, company: str = "") -> Worklist:
    """Return the day of one collector; raise ``NotFoundError`` when nobody of that address collects."""
    email = normal_email(collector)
    reached = _reached(session, actor, company)
    mine = reached & (func.lower(col(CustomerRow.collector_email)) == email)
    _require_collector(session, email, mine)
    return _day(session, mine, as_of)


def team_day(session: Session, actor: Actor, *, as_of: date, company: str = "") -> Worklist:
    """Return the day of everybody whose customers ``actor`` may work on."""
    return _day(session, _reached(session, actor, company), as_of)


def portfolios(session: Session, actor: Actor, *, company: str = "") -> dict[str, int]:
    """Return the collectors whose day ``actor`` may see, with the number of their customers."""
    return stored.portfolios(session, _reached(session, actor, company))


def pulse(session: Session, actor: Actor) -> str:
    """Return a mark that changes whenever a day may have changed."""
    actor.require(Permission.VIEW_QUEUE)
    return stored.pulse(session)


def last_act_of_others(session: Session, actor: Actor, *, as_of: date, company: str = "") -> ActOfOthers | None:
    """Return what a colleague dealt with last on ``as_of``."""
    kinds = tuple(sorted(_ACTS_THAT_COMPLETE))
    return stored.last_act_of_others(session, _reached(session, actor, company), actor.email, kinds, as_of)


def names(session: Session, actor: Actor, emails: set[str]) -> dict[str, str]:
    """Return the names of colleagues by e-mail, to whoever works with them."""
    actor.require(Permission.VIEW_QUEUE)
    return {email: person.name for email, person in customers.people(session, emails).items()}


def _reached(session: Session, actor: Actor, company: str) -> ColumnElement[bool]:
    scope = actor.scope(Permission.VIEW_QUEUE)
    reached = customer_clause(scope, actor.email)
    if company:
        chosen = chosen_companies(session, actor, Permission.VIEW_QUEUE, company)
        reached = reached & col(CustomerRow.company_id).in_(chosen)
    return reached & true()


def _require_collector(session: Session, email: str, mine: ColumnElement[bool]) -> None:
    if stored.portfolios(session, mine):
        return
    collects = {Role.COLLECTOR, Role.CREDIT_MANAGER}
    if not stored.is_user(session, email) or not collects & actor_by_email(session, email).roles:
        raise NotFoundError(f"There is no collector {email}.", "ar-cockpit user list shows them.")


def _day(session: Session, chosen: ColumnElement[bool], as_of: date) -> Worklist:
    book = work_book(session, chosen, as_of)
    lines = {(line.company_code, line.code): line for line in book.credit.lines}
    judged, settled = [], []
    for line in lines.values():
        facts = portfolio.task_facts(line, book, as_of)
        priority = prioritise(facts, as_of)
        if priority is not None:
            judged.append((facts, priority))
        elif _done_by(line, facts, book, as_of):
            settled.append((line, facts))
    tasks = [_task(lines, facts, priority, book, as_of) for facts, priority in ranked(judged)]
    tasks += [_settled(line, facts, book, as_of) for line, facts in settled]
    return Worklist(as_of, _numbered(tasks))


def _task(
    lines: dict[tuple[str, str], CustomerLine], facts: TaskFacts, priority: Priority, book: WorkBook, as_of: date
) -> Task:
    line = lines[facts.company_code, facts.customer_code]
    done_by = _done_by(line, facts, book, as_of)
    until = portfolio.snoozed_until(book.credit.touches.get(line.customer_id, ()), as_of)
    state = TaskState.DONE if done_by else TaskState.SNOOZED if until else TaskState.OPEN
    return Task(0, state, line, facts, priority.score, priority.reasons, priority.action, until, done_by)


def _settled(line: CustomerLine, facts: TaskFacts, book: WorkBook, as_of: date) -> Task:
    return Task(0, TaskState.DONE, line, facts, 0, (), None, done_by=_done_by(line, facts, book, as_of))


def _done_by(line: CustomerLine, facts: TaskFacts, book: WorkBook, as_of: date) -> str:
    """Return who dealt with the customer on ``as_of``; what came in since then makes it open again."""
    if facts.reply_on is not None or facts.sales_question is not None:
        return ""
    acts = [touch for touch in book.credit.touches.get(line.customer_id, ()) if _completes(touch, as_of)]
    if acts:
        return acts[-1].actor_email
    return line.collector_email if book.written_by_hand.get(line.customer_id) == as_of else ""


def _completes(touch: Touch, as_of: date) -> bool:
    return touch.happened_on == as_of and touch.kind in _ACTS_THAT_COMPLETE


def _numbered(tasks: Iterable[Task]) -> tuple[Task, ...]:
    order: Sequence[TaskState] = list(TaskState)
    in_order = sorted(tasks, key=lambda task: order.index(task.state))
    return tuple(replace(task, rank=rank) for rank, task in enumerate(in_order, 1))
