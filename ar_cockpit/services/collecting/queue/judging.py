"""A day's tasks from the facts themselves: any customers, any day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session

from ar_cockpit.db.queries.collecting import chances
from ar_cockpit.db.queries.collecting import worklist as stored
from ar_cockpit.db.queries.collecting.chances import Chance
from ar_cockpit.db.queries.collecting.conversation import Touch
from ar_cockpit.db.queries.collecting.worklist import WorkBook, work_book
from ar_cockpit.db.queries.customers import CustomerLine
from ar_cockpit.domain.collecting.priority import Action, Owed, TaskFacts, owed, prioritise, rank_key
from ar_cockpit.domain.collecting.weights import Weights, checked_weights
from ar_cockpit.domain.collecting.worth import shown_anyway, tried_anyway
from ar_cockpit.domain.reasons import Reason
from ar_cockpit.services import portfolio
from ar_cockpit.services.collecting.queue.approving import approvals_due

ACTS_THAT_COMPLETE = stored.COMPLETING


class TaskState(StrEnum):
    """Where in the day a customer stands."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Task:
    """One customer of the day; one that was dealt with may have no reasons left.

    ``facts`` are what it was judged by; a task that was kept comes without them.
    """

    rank: int
    state: TaskState
    customer: CustomerLine
    owed: Owed
    rank_key: str
    score: int
    reasons: tuple[Reason, ...]
    action: Action | None
    snoozed_until: date | None = None
    done_by: str = ""
    facts: TaskFacts | None = None


@dataclass(frozen=True, slots=True)
class _Beside:
    """What tasks are judged by that stands beside the ledger."""

    chances: Mapping[int, Chance]
    approvals: Mapping[int, int]
    weights: Mapping[int, Weights]  # by company
    paid_anyway: Mapping[int, tuple[int | None, int | None]]  # by company, observed and tried, where it is shown


def tasks(session: Session, chosen: ColumnElement[bool], as_of: date) -> list[Task]:
    """Return the tasks of the ``chosen`` customers: open, snoozed, done, each in working order, without ranks."""
    book = work_book(session, chosen, as_of)
    beside = _Beside(
        chances.chances(session, chosen, as_of),
        approvals_due(session, book, as_of),
        {key: checked_weights(told) for key, told in chances.weights_in_force(session).items()},
        {
            key: (shown_anyway(told.observed), tried_anyway(told.by_trial))
            for key, told in chances.paid_anyway(session, as_of).items()
        },
    )
    judged = [task for line in book.credit.lines if (task := _task(line, book, beside, as_of)) is not None]
    order = list(TaskState)
    return sorted(judged, key=lambda task: (order.index(task.state), task.rank_key))


def _task(line: CustomerLine, book: WorkBook, beside: _Beside, as_of: date) -> Task | None:
    facts = _facts(line, book, beside, as_of)
    priority = prioritise(facts, as_of, beside.weights.get(line.company_id, Weights()))
    done_by = _done_by(line, facts, book, as_of)
    if priority is None and not done_by:
        return None
    score, reasons = (priority.score, priority.reasons) if priority else (0, ())
    until = _sleeps_until(line, facts, book, as_of) if priority else None
    return Task(
        rank=0,
        state=TaskState.DONE if done_by else TaskState.SNOOZED if until else TaskState.OPEN,
        customer=line,
        owed=owed(facts),
        rank_key=rank_key(facts, score),
        score=score,
        reasons=reasons,
        action=priority.action if priority else None,
        snoozed_until=until,
        done_by=done_by,
        facts=facts,
    )


def _facts(line: CustomerLine, book: WorkBook, beside: _Beside, as_of: date) -> TaskFacts:
    forecast = beside.chances.get(line.customer_id)
    observed, tried = beside.paid_anyway.get(line.company_id, (None, None))
    return replace(
        portfolio.task_facts(line, book, as_of),
        approvals_due=beside.approvals.get(line.customer_id, 0),
        chance=forecast.now if forecast else None,
        chance_before=forecast.before if forecast else None,
        paid_anyway=observed,
        tried_anyway=tried,
    )


def _done_by(line: CustomerLine, facts: TaskFacts, book: WorkBook, as_of: date) -> str:
    """Return who dealt with the customer on ``as_of``; what came in since then makes it open again."""
    if facts.reply_on is not None or facts.sales_question is not None:
        return ""
    written = book.written_by_hand.get(line.customer_id)
    acts = [touch for touch in book.credit.touches.get(line.customer_id, ()) if _completes(touch, as_of)]
    if acts:
        return acts[-1].actor_email
    return written.by if written is not None and written.on == as_of else ""


def _sleeps_until(line: CustomerLine, facts: TaskFacts, book: WorkBook, as_of: date) -> date | None:
    """Return the day it was snoozed to, or the one after a mail that is set for later."""
    until = portfolio.snoozed_until(book.credit.touches.get(line.customer_id, ()), as_of)
    if until is None and facts.reply_on is None and facts.sales_question is None:
        until = portfolio.written_until(book.written_by_hand.get(line.customer_id), as_of)
    return until


def _completes(touch: Touch, as_of: date) -> bool:
    return touch.happened_on == as_of and touch.kind in ACTS_THAT_COMPLETE
