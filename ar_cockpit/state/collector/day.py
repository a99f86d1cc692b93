"""Load a collector's day and one customer's record, away from the event loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import catalogue, say
from ar_cockpit.services import clock
from ar_cockpit.services.collecting import customer_record, worklist
from ar_cockpit.services.collecting.customer_record import CustomerRecord
from ar_cockpit.services.collecting.worklist import ActOfOthers, Task, TaskState, Worklist
from ar_cockpit.state.collector.rows import TaskLine, task_key, task_line
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.session import Choice

EVERYBODY = "all"
MOST_SHOWN = 100
LEAST_AMOUNTS = ("1000", "5000", "20000", "100000")


@dataclass(frozen=True)
class Filters:
    """Which tasks of the day the address asks for."""

    tab: str = "open"
    reason: str = ""
    least: str = ""


@dataclass(frozen=True)
class Asked:
    """Whose day, and which part of it."""

    actor: Actor
    as_of: date
    company: str
    who: str
    filters: Filters
    language: str


@dataclass(frozen=True)
class Day:
    """A day as the screen needs it."""

    who: str
    collectors: list[Choice]
    reasons: list[Choice]
    shown: list[Task]
    hidden: int
    order: tuple[str, ...]
    counts: tuple[int, int, int]
    touched: tuple[str, str]
    other: ActOfOthers | None
    names: dict[str, str]
    pulse: str


def load_day(asked: Asked) -> Day:
    """Return the day asked for: one's own portfolio unless the address says otherwise."""
    with reading() as session:
        mark = worklist.pulse(session, asked.actor)
        found = worklist.portfolios(session, asked.actor, company=asked.company)
        who = _who(asked, set(found))
        if who == EVERYBODY:
            listed = worklist.team_day(session, asked.actor, as_of=asked.as_of, company=asked.company)
        else:
            listed = worklist.queue(session, asked.actor, collector=who, as_of=asked.as_of, company=asked.company)
        other = worklist.last_act_of_others(session, asked.actor, as_of=asked.as_of, company=asked.company)
        emails = set(found) | {task.done_by for task in listed.tasks} | ({other.actor_email} if other else set())
        names = worklist.names(session, asked.actor, emails)
    return _day(asked, listed, who, {email: names.get(email, email) for email in found}, other, names, mark)


def load_record(actor: Actor, key: str, as_of: date) -> CustomerRecord:
    """Return the record of the customer that an address names ``COMPANY/CODE``, or by code alone."""
    company, _, code = key.rpartition("/")
    with reading() as session:
        line = customer_record.find(session, actor, code, company)
        return customer_record.record(session, actor, line, as_of=as_of, at=clock.now())


def pulse(asked: Asked) -> str:
    """Return a mark that changes whenever the day may have changed."""
    with reading() as session:
        return worklist.pulse(session, asked.actor)


def line(task: Task, asked: Asked, address: Callable[[str], str], names: dict[str, str]) -> TaskLine:
    """Return a task as drawn, leading to its customer."""
    key = task_key(task.customer.company_code, task.customer.code)
    return task_line(task, address(key), asked.language, names)


def _who(asked: Asked, collectors: set[str]) -> str:
    if asked.who in collectors or asked.who == EVERYBODY:
        return asked.who
    return asked.actor.email if asked.actor.email in collectors else EVERYBODY


def _day(
    asked: Asked,
    listed: Worklist,
    who: str,
    collectors: dict[str, str],
    other: ActOfOthers | None,
    names: dict[str, str],
    mark: str,
) -> Day:
    in_tab = listed.in_state(TaskState(asked.filters.tab))
    kept = [task for task in in_tab if _is_wanted(task, asked.filters)]
    n_open, n_done = listed.in_state(TaskState.OPEN), listed.in_state(TaskState.DONE)
    return Day(
        who=who,
        collectors=[Choice(email, name) for email, name in sorted(collectors.items(), key=lambda one: one[1])],
        reasons=_reason_choices(in_tab, asked.language),
        shown=kept[:MOST_SHOWN],
        hidden=max(0, len(kept) - MOST_SHOWN),
        order=tuple(task_key(task.customer.company_code, task.customer.code) for task in kept),
        counts=(len(n_open), len(n_done), len(listed.in_state(TaskState.SNOOZED))),
        touched=(_sums(n_done, asked.language), _sums((*n_open, *n_done), asked.language)),
        other=other,
        names=names,
        pulse=mark,
    )


def _is_wanted(task: Task, filters: Filters) -> bool:
    if filters.reason and all(reason.code != filters.reason for reason in task.reasons):
        return False
    if filters.least not in LEAST_AMOUNTS:
        return True
    return task.facts.overdue_minor >= int(filters.least) * 10 ** exponent(task.facts.currency)


def _reason_choices(tasks: Iterable[Task], language: str) -> list[Choice]:
    known = catalogue(language)
    codes = {reason.code for task in tasks for reason in task.reasons}
    named = [(known[f"reason.{code}"], code) for code in codes if f"reason.{code}" in known]
    return [Choice(code, label) for label, code in sorted(named)]


def _sums(tasks: Iterable[Task], language: str) -> str:
    """Return what is overdue of ``tasks``, one amount for each currency."""
    totals: dict[str, int] = {}
    for task in tasks:
        totals[task.facts.currency] = totals.get(task.facts.currency, 0) + task.facts.overdue_minor
    amounts = [rows.money(minor, currency, language) for currency, minor in sorted(totals.items()) if minor]
    return say(language, "collector.and").join(amounts) if amounts else rows.NOTHING
