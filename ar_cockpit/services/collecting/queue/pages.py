"""One page of a day: by index from what is kept; of whom something changed since, from the facts, as far as shown.

A look judges few customers: all that are marked where they are few; where a file marked thousands, those of the last
acts and those that the page shows first. The others are shown as they were kept until ``keep_figures`` has judged them,
within seconds; what is opened is read from the facts whatever the list says.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting import priorities as stored
from ar_cockpit.db.queries.collecting import priority_marks as marks
from ar_cockpit.db.queries.collecting.priorities import Reach
from ar_cockpit.db.queries.customers import CustomerLine, customer_lines
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.collecting.priority import Action, Owed
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services.collecting.queue import judging
from ar_cockpit.services.collecting.queue.judging import Task, TaskState

PAGE = 100
_LATEST = 20  # of very many marked customers: those that were dealt with last
_NO_SEGMENTS: Mapping[int, str] = {}
_BUT_RANK = attrgetter(*[one.name for one in fields(Task) if one.name != "rank"])  # which comes first


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks: of one state, with a reason, of a segment, with at least so much overdue in whole units."""

    state: TaskState = TaskState.OPEN
    reason: str = ""
    least: int = 0
    segment: str = ""  # the key of the one that its customer was last found in
    first: int = 0
    most: int = PAGE

    @property
    def is_filtered(self) -> bool:
        """Whether some tasks of the tab are left out."""
        return bool(self.reason or self.least or self.segment)

    def takes(self, task: Task, segments: Mapping[int, str]) -> bool:
        """Return whether a task is among them; ``segments`` are those of customers, where one is asked for."""
        has_reason = not self.reason or any(reason.code == self.reason for reason in task.reasons)
        is_enough = not self.least or task.owed.overdue_minor >= self.least * 10 ** exponent(task.owed.currency)
        is_there = not self.segment or segments.get(task.customer.customer_id) == self.segment
        return task.state is self.state and has_reason and is_enough and is_there


@dataclass(frozen=True, slots=True)
class Page:
    """A page of tasks, what there is besides, and what all tabs hold."""

    tasks: tuple[Task, ...]
    total: int  # of the wanted ones
    counts: Mapping[TaskState, int]
    overdue: Mapping[TaskState, Mapping[str, int]]  # by currency
    codes: frozenset[str]  # of the reasons in the tab


def page(
    session: Session,
    reached: ColumnElement[bool],
    company_ids: Sequence[int] | None,
    collectors: Sequence[str],
    as_of: date,
    wanted: Wanted,
) -> Page:
    """Return the page of the ``reached`` customers; without ``company_ids`` they are no whole companies."""
    are_kept, any_mark = stored.kept_on(session, company_ids, as_of) if company_ids else (False, False)
    if company_ids is None or not are_kept:
        judged = judging.tasks(session, reached, as_of)
        return of_tasks(judged, wanted, _segments(session, judged, wanted))
    reach = Reach(tuple(company_ids), tuple(collectors))
    aside = _aside(session, reached, reach, wanted) if any_mark else []
    fresh = judging.tasks(session, reached & among(session, col(CustomerRow.id), aside), as_of) if aside else []
    return _merged(session, replace(reach, without=tuple(aside)), fresh, wanted)


def _aside(session: Session, reached: ColumnElement[bool], reach: Reach, wanted: Wanted) -> list[int]:
    """Return whom to judge on the spot: everybody that is marked, or of too many the latest and those shown first."""
    changed = marks.marked(session, reached, reach, stored.MOST_WITHOUT)
    if changed.is_all:
        return list(changed.customers)
    latest = changed.customers[:_LATEST]
    least = _least(wanted, {tab.currency for tab in stored.tabs(session, reach)} if wanted.least else ())
    asked = stored.has(wanted.reason, least, wanted.segment)
    span, others = slice(wanted.first, wanted.first + wanted.most), replace(reach, without=latest)
    shown = marks.marked_on_page(session, others, wanted.state.value, asked, span, stored.MOST_WITHOUT - len(latest))
    return [*latest, *shown]


def _least(wanted: Wanted, currencies: Iterable[str]) -> dict[str, int]:
    """Return the least amount in minor units of each currency, where one is asked for."""
    return {one: wanted.least * 10 ** exponent(one) for one in currencies} if wanted.least else {}


def of_tasks(tasks: Sequence[Task], wanted: Wanted, segments: Mapping[int, str] = _NO_SEGMENTS) -> Page:
    """Return the page of tasks that are all at hand, in order; ``segments`` by customer, where one is wanted."""
    in_tab = [task for task in tasks if task.state is wanted.state]
    taken = [task for task in in_tab if wanted.takes(task, segments)]
    counts, overdue = _summed(tasks)
    before = _before(counts, wanted.state)
    shown = taken[wanted.first : wanted.first + wanted.most]
    return Page(
        tasks=_numbered(shown, [before + place for place in _places(shown, [one.rank_key for one in in_tab])]),
        total=len(taken),
        counts=counts,
        overdue=overdue,
        codes=frozenset(reason.code for task in in_tab for reason in task.reasons),
    )


def _merged(session: Session, reach: Reach, fresh: Sequence[Task], wanted: Wanted) -> Page:
    in_tab = [task for task in fresh if task.state is wanted.state]
    segments = _segments(session, in_tab, wanted)
    new = [task for task in in_tab if wanted.takes(task, segments)]
    # Where nothing changed meanwhile the index leads straight to the page.
    span, state = slice(0 if new else wanted.first, wanted.first + wanted.most), wanted.state.value
    front = None if wanted.is_filtered else stored.front(session, reach, state, span)
    counts, overdue = _summed(fresh)
    for tab in front.tabs if front else stored.tabs(session, reach):
        counts[TaskState(tab.state)] += tab.count
        overdue[TaskState(tab.state)][tab.currency] += tab.overdue_minor
    currencies = {currency for by_currency in overdue.values() for currency in by_currency}
    asked = stored.has(wanted.reason, _least(wanted, currencies), wanted.segment)
    if front:
        kept = [_task(front.lines[row[0]], row) for row in front.rows]
    else:
        kept = _tasks(session, stored.page(session, reach, state, asked, span))
    shown = sorted([*kept, *new], key=lambda task: task.rank_key) if new else kept
    shown = shown[wanted.first - span.start :][: wanted.most]
    before = _before(counts, wanted.state)
    if wanted.is_filtered:
        others = [task.rank_key for task in in_tab]
        places = _places(shown, sorted([*stored.keys(session, reach, state), *others]))
        total = stored.count(session, reach, state, asked) + len(new)
    else:
        places, total = list(range(wanted.first + 1, wanted.first + len(shown) + 1)), counts[wanted.state]
    codes = {reason.code for task in in_tab for reason in task.reasons}
    return Page(
        tasks=_numbered(shown, [before + place for place in places]),
        total=total,
        counts=counts,
        overdue=overdue,
        codes=frozenset((front.codes if front else stored.codes(session, reach, state)) | codes),
    )


def _segments(session: Session, tasks: Sequence[Task], wanted: Wanted) -> Mapping[int, str]:
    return stored.segments_of(session, [one.customer.customer_id for one in tasks]) if wanted.segment else _NO_SEGMENTS


def _places(shown: Sequence[Task], keys: Sequence[str]) -> list[int]:
    """Return which of all tasks of the tab each one is, counted from one; ``keys`` are sorted."""
    return [bisect_left(keys, task.rank_key) + 1 for task in shown]


def _tasks(session: Session, rows: Sequence[tuple[Any, ...]]) -> list[Task]:
    ids = [row[0] for row in rows]
    lines = {line.customer_id: line for line in customer_lines(session, among(session, col(CustomerRow.id), ids))}
    return [_task(lines[row[0]], row) for row in rows]


def _task(line: CustomerLine, row: Sequence[Any]) -> Task:
    # As the COLUMNS of stored priorities; by place, because a page makes fifty.
    _, _, _, _, state, rank_key, score, at_stake, oldest_days, currency, overdue, is_open, action, reasons, *rest = row
    _, snoozed_until, done_by = rest
    return Task(
        rank=0,
        state=TaskState(state),
        customer=line,
        owed=Owed(currency, overdue, is_open, at_stake, oldest_days),
        rank_key=rank_key,
        score=score,
        reasons=tuple([Reason(one["code"], one["facts"], one["points"]) for one in reasons]),
        action=Action(action) if action else None,
        snoozed_until=snoozed_until,
        done_by=done_by,
    )


def _summed(tasks: Iterable[Task]) -> tuple[Counter[TaskState], dict[TaskState, Counter[str]]]:
    counts: Counter[TaskState] = Counter()
    overdue: dict[TaskState, Counter[str]] = {state: Counter() for state in TaskState}
    for task in tasks:
        counts[task.state] += 1
        overdue[task.state][task.owed.currency] += task.owed.overdue_minor
    return counts, overdue


def _before(counts: Mapping[TaskState, int], state: TaskState) -> int:
    """Return how many tasks stand in the tabs before this one."""
    order = list(TaskState)
    return sum(counts[one] for one in order[: order.index(state)])


def _numbered(tasks: Sequence[Task], ranks: Sequence[int]) -> tuple[Task, ...]:
    return tuple([Task(rank, *_BUT_RANK(task)) for task, rank in zip(tasks, ranks, strict=True)])
