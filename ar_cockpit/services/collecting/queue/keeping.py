"""Keep every customer's task of the day beside the ledger: all of them once a day, then those of whom anything changed.

What changed is marked by the database itself (:mod:`ar_cockpit.db.marks`). Tasks are judged while others work, and
written in short transactions; marks that were there before are taken away, younger ones stay for the next round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col

from ar_cockpit.db import locks
from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting import chances
from ar_cockpit.db.queries.collecting import priorities as stored
from ar_cockpit.db.queries.collecting import priority_marks as marks
from ar_cockpit.db.queries.reminders import kept_scores
from ar_cockpit.db.queries.reminders.payer_scores import payer_scores
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.services.collecting.queue import judging
from ar_cockpit.services.collecting.queue.judging import Task

_CUSTOMERS_AT_ONCE = 2_000
_MARKS_AT_ONCE = 50_000
_LOCK = "keep-priorities"


def is_behind(session: Session, on: date) -> bool:
    """Return whether something is to be judged for ``on``."""
    return bool(stored.outdated(session, on)) or marks.any_mark(session)


def marked(engine: Engine) -> list[int]:
    """Return the customers of whom something changed since they were judged, as far as one round takes them."""
    with reading(engine) as session:
        return sorted({customer for _, customer in marks.marks(session, most=_MARKS_AT_ONCE)})


def keep(engine: Engine, on: date, *, anew: bool = False) -> int:
    """Judge for ``on`` whoever has to be judged (``anew``: everybody) and return how many; one process does at a time.

    ``anew`` returns how many of the tasks kept for ``on`` were different.
    """
    lock = locks.try_lock(engine, _LOCK)
    if lock is None:
        return 0
    try:
        with reading(engine) as session:
            companies = stored.every(session) if anew else stored.outdated(session, on)
            before = stored.all_on(session, on) if anew else {}
        judged_ = sum(_all_of(engine, company_id, on) for company_id in companies) + _marked(engine, on)
        if not anew:
            return judged_
        with reading(engine) as session:
            after = stored.all_on(session, on)
        return sum(before.get(key) != after.get(key) for key in before | after)
    finally:
        lock.release()


def row_of(task: Task, on: date) -> tuple[Any, ...]:
    """Return a task as it is kept."""
    reasons = [{"code": one.code, "facts": dict(one.facts), "points": one.points} for one in task.reasons]
    return (
        task.customer.customer_id,
        task.customer.company_id,
        on,
        task.customer.collector_email.lower(),
        task.state.value,
        task.rank_key,
        task.score,
        task.owed.at_stake,
        task.owed.oldest_days,
        task.owed.currency,
        task.owed.overdue_minor,
        task.owed.open_minor,
        task.action.value if task.action else "",
        reasons,
        f" {' '.join(sorted({one.code for one in task.reasons}))} ",
        task.snoozed_until,
        task.done_by,
    )


def judged(session: Session, customer_ids: Sequence[int], on: date) -> list[tuple[Any, ...]]:
    """Return the tasks of these customers as they are kept."""
    chosen = among(session, col(CustomerRow.id), customer_ids)
    return [row_of(task, on) for task in judging.tasks(session, chosen, on)]


def _all_of(engine: Engine, company_id: int, on: date) -> int:
    with transaction(engine) as session:
        stored.state_day(session, company_id, stored.BEING_JUDGED)
    with reading(engine) as session:
        before = marks.marks(session, company_id)
        customers = stored.customers_of(session, company_id)
        rules = chances.rules_mark(session)
    for some in _in_parts(customers, _CUSTOMERS_AT_ONCE):
        _judge(engine, some, on)
    with transaction(engine) as session:
        marks.forget(session, [mark for mark, _ in before])
        # Judged by rules that somebody changed meanwhile: the next round does it again.
        if chances.rules_mark(session) == rules:
            stored.state_day(session, company_id, on)
    return len(customers)


def _marked(engine: Engine, on: date) -> int:
    with reading(engine) as session:
        before = marks.marks(session, most=_MARKS_AT_ONCE)
    customers = sorted({customer for _, customer in before})
    for some in _in_parts(customers, _CUSTOMERS_AT_ONCE):
        _judge(engine, some, on)
    if before:
        with transaction(engine) as session:
            marks.forget(session, [mark for mark, _ in before])
    return len(customers)


def _judge(engine: Engine, customer_ids: Sequence[int], on: date) -> None:
    with reading(engine) as session:
        rows = judged(session, customer_ids, on)
        scores = payer_scores(session, among(session, col(CustomerRow.id), customer_ids), on)
    with transaction(engine) as session:
        stored.replace(session, customer_ids, rows)
        kept_scores.replace(session, customer_ids, scores, on)


def _in_parts(values: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    starts: Iterable[int] = range(0, len(values), size)
    return (values[start : start + size] for start in starts)
