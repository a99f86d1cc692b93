"""What switching the draft on would do: tomorrow and in 30 days, computed beside everything else, to be cancelled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

import reflex as rx

from ar_cockpit.charts.reminders import ComingDay, coming_days_chart
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders import simulating_apart
from ar_cockpit.services.reminders.simulating_apart import Asked
from ar_cockpit.services.reminders.simulation import SimulatedDay, Simulation
from ar_cockpit.state.cadences.screen import EDIT, CadencesState
from ar_cockpit.state.cadences.workload import WorkLine, cash_said, work_lines
from ar_cockpit.state.display import rows, titles
from ar_cockpit.state.frame.access import allowed

DAYS = 30
_NOT_HELD = frozenset({Held.NOT_DUE_YET, Held.DONE})  # nothing is due of them, so nothing is held back
SHOWN = 4  # customers, before "see all"
_LOOK_EVERY = 0.25  # seconds between two looks at the progress
_VIEW = Permission.VIEW_PLAN


class CancelledError(CockpitError):
    """The reader wants to know no more."""

    def __init__(self) -> None:
        super().__init__("Cancelled.")


@dataclass
class Span:
    """The figures of tomorrow, or of all the days; ``was`` are those of the policy in force."""

    messages: str = ""
    messages_about: str = ""
    tasks: str = ""
    tasks_about: str = ""
    held: str = ""
    difference: str = ""


@dataclass
class TouchLine:
    """A customer that is reached tomorrow."""

    name: str
    step: str
    total: str


@dataclass
class HeldLine:
    """A reason to wait, with the invoices and amounts it holds."""

    reason: str
    count: str
    total: str
    totals: str  # in every currency


@dataclass
class DayLine:
    """A day of the chart, as a line of the table behind it."""

    on: str
    messages: str
    tasks: str


class OutlookState(CadencesState):
    """The right of the page."""

    span: str = "tomorrow"
    tomorrow_label: str = ""
    first: Span = Span()
    whole: Span = Span()
    touches: list[TouchLine] = []
    all_touches: bool = False
    touches_count: str = ""
    held: list[HeldLine] = []
    days: list[DayLine] = []
    chart: dict[str, Any] = {}
    chart_summary: str = ""
    messages_all: str = ""
    tasks_all: str = ""
    often: str = ""
    work: list[WorkLine] = []
    cash: str = ""
    is_known: bool = False
    is_running: bool = False
    percent: int = 0
    outlook_problem: str = ""
    _run: str = ""
    _known_for: str = ""

    @rx.event(background=True)
    @allowed(EDIT)
    async def refresh(self) -> None:
        """Compute it anew for the draft as it is now; what runs already for another state of it is given up."""
        async with self:
            mark = f"{self.language}:{self.as_of}:{self.company}:{self._in_force}:{self._toml}"
            if not self._toml or not self._may(_VIEW) or mark == self._known_for:
                return
            run = self._start()
            asked = (self.actor, self.as_of_date + timedelta(days=1), self._toml, self.company, self.is_draft)
        progress = _Progress()
        work = asyncio.create_task(asyncio.to_thread(_simulate, *asked, progress))
        while not work.done():
            await asyncio.wait({work}, timeout=_LOOK_EVERY)
            async with self:
                progress.is_wanted = self._run == run
                self.percent = round(100 * progress.share) if progress.is_wanted else self.percent
        async with self:
            if self._run == run:
                self._end(work, mark)

    @rx.event
    @allowed(EDIT)
    def cancel(self) -> None:
        """Give up what is being computed; the page stays as it is."""
        self._run, self.is_running = "", False
        self.outlook_problem = self._say("cadences.outlook.cancelled")

    @rx.event
    @allowed(EDIT)
    def again(self) -> Any:
        """Compute it after all."""
        self._known_for = ""
        return OutlookState.refresh

    @rx.event
    @allowed(EDIT)
    def show_span(self, span: str) -> None:
        """Show tomorrow alone, or all the days."""
        self.span = "days" if span == "days" else "tomorrow"

    @rx.event
    @allowed(EDIT)
    def show_all(self) -> None:
        """Show every customer that is reached tomorrow."""
        self.all_touches = not self.all_touches

    def _start(self) -> str:
        self._run = token_hex(8)
        self.is_running, self.percent, self.outlook_problem = True, 0, ""
        return self._run

    def _end(self, work: asyncio.Task[Simulation], mark: str) -> None:
        self.is_running = False
        try:
            found = work.result()
        except CockpitError as error:
            self.outlook_problem = self._refusal(error)
            return
        self._known_for, self.is_known = mark, True
        self._draw(found)

    def _draw(self, found: Simulation) -> None:
        language = self.language
        first, before = found.days[0], found.baseline.days if found.baseline else []
        self.tomorrow_label = rows.weekday(first.on, language)
        kept = {reason: one for reason, one in found.held_first.items() if one.count and reason not in _NOT_HELD}
        held = sum(one.count for one in kept.values())
        self.first = self._span([first], before[:1], held)
        self.whole = self._span(found.days, before, None)
        titles = self._step_titles()
        self.touches = [
            TouchLine(
                one.customer_name, titles.get(one.step, one.step), rows.money(one.total_minor, one.currency, language)
            )
            for one in found.first_touches
        ]
        self.touches_count = rows.number(len(self.touches), language)
        self.all_touches = False
        self.held = [
            HeldLine(
                self._say(f"held.{reason.value}"),
                rows.number(one.count, language),
                _largest(one.minor, language),
                _sums(one.minor, language),
            )
            for reason, one in sorted(kept.items(), key=lambda pair: -pair[1].count)
        ]
        self._draw_chart(found.days)
        often = found.touched_more_than_twice
        self.often = self._count("cadences.outlook.often", often) if often else ""
        self.work = work_lines(found, self._say, language)
        self.cash = cash_said(found, self._say, language) if self.is_draft else ""

    def _draw_chart(self, days: list[SimulatedDay]) -> None:
        language = self.language
        self.days = [
            DayLine(
                rows.weekday(one.on, language), rows.number(one.messages, language), rows.number(one.tasks, language)
            )
            for one in days
        ]
        told = [
            self._say("cadences.outlook.day", on=line.on, messages=line.messages, tasks=line.tasks)
            for line in self.days
        ]
        messages, tasks = sum(one.messages for one in days), sum(one.tasks for one in days)
        self.messages_all = self._count("cadences.outlook.messages", messages)
        self.tasks_all = self._count("cadences.outlook.tasks", tasks)
        self.chart_summary = self._say("cadences.outlook.summary", messages=self.messages_all, tasks=self.tasks_all)
        self.chart = coming_days_chart(
            [
                ComingDay(rows.day_short(one.on, language), one.messages, one.tasks, words)
                for one, words in zip(days, told, strict=True)
            ]
        )

    def _span(self, days: list[SimulatedDay], before: list[SimulatedDay], held: int | None) -> Span:
        language = self.language
        messages, tasks = sum(one.messages for one in days), sum(one.tasks for one in days)
        difference = ""
        if self.is_draft and before:
            old = sum(one.messages for one in before), sum(one.tasks for one in before)
            difference = self._say(
                "cadences.outlook.difference",
                messages=rows.number(old[0], language),
                tasks=rows.number(old[1], language),
            )
        return Span(
            rows.number(messages, language),
            _sums(_added(one.message_minor for one in days), language),
            rows.number(tasks, language),
            _sums(_added(one.task_minor for one in days), language),
            "" if held is None else rows.number(held, language),
            difference,
        )

    def _step_titles(self) -> dict[str, str]:
        policy: Policy = self._policy
        return {
            step.key: titles.step_title(cadence, step, self.language)
            for cadence in policy.cadences.values()
            for step in cadence.steps
        }


class _Progress:
    """What a computation in another thread tells, and is told."""

    def __init__(self) -> None:
        self.share = 0.0
        self.is_wanted = True

    def tell(self, share: float) -> None:
        """Hear how far it is; say that nobody wants it any more."""
        self.share = share
        if not self.is_wanted:
            raise CancelledError


def _simulate(actor: Actor, as_of: date, toml: str, company: str, is_draft: bool, progress: _Progress) -> Simulation:
    if is_draft:
        policies.check(toml)  # its faults are told by line, which no other process passes on
    return simulating_apart.simulate(Asked(actor, as_of, DAYS, toml if is_draft else "", company), progress.tell)


def _added(given: Any) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in given:
        for currency, minor in one.items():
            sums[currency] = sums.get(currency, 0) + minor
    return sums


def _sums(minor: dict[str, int], language: str) -> str:
    """Return amounts by currency, the largest first."""
    largest = sorted(minor.items(), key=lambda one: -one[1])
    return " + ".join(rows.money(value, currency, language) for currency, value in largest if value)


def _largest(minor: dict[str, int], language: str) -> str:
    """Return the largest amount, and that there are more."""
    first = _sums(dict(sorted(minor.items(), key=lambda one: -one[1])[:1]), language)
    return f"{first} + …" if len(minor) > 1 else first
