"""The jobs on screen: what each does, how its last run went, when the next comes, and a wish to run it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.figures.listing import page_of
from ar_cockpit.i18n import catalogue, say
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services import clock, job_board
from ar_cockpit.services.job_board import Board, JobLine
from ar_cockpit.services.job_runs import JobRun
from ar_cockpit.services.lists.records import pages_of
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_MAY = Permission.RUN_JOBS
_KINDS = {"done": "ok", "running": "info", "failed": "bad", "abandoned": "watch"}
_SHOWN_COUNTS = 5


@dataclass
class JobItem:
    """A job, ready to draw; ``state_kind`` is ok, info, bad, watch or empty when it never ran."""

    name: str
    label: str
    what: str
    schedule: str
    state: str
    state_kind: str
    last: str
    took: str
    did: str
    error: str
    next: str
    history_href: str
    is_busy: bool


@dataclass
class RunItem:
    """One run of the history."""

    key: str
    day: str
    started: str
    took: str
    state: str
    state_kind: str
    did: str
    error: str


class JobsState(SessionState):
    """The jobs, and the history of the one that is chosen."""

    items: list[JobItem] = []
    runs: list[RunItem] = []
    is_alive: bool = False
    clock_words: str = ""
    is_loaded: bool = False
    chosen: str = ""
    chosen_label: str = ""
    page: int = 1
    pages: int = 1
    sums: str = ""
    is_asking: bool = False
    asking: str = ""
    ask_title: str = ""
    consequences: str = ""

    @rx.event
    @allowed(_MAY)
    def load(self) -> None:
        """Fill the page from the address."""
        self._load()

    @rx.event
    @allowed(_MAY)
    def refresh(self) -> None:
        """Look again: a run goes on while the page is open."""
        self._load()

    @rx.event
    @allowed(_MAY)
    def ask(self, name: str) -> None:
        """Say what the job will do before it runs."""
        known = catalogue(self.language)
        self.asking, self.is_asking = name, True
        self.ask_title = self._say("jobs.ask.title", job=_label(name, self.language))
        does = [known.get(f"jobs.what.{name}", ""), known.get(f"jobs.sure.{name}", "")]
        waits = "" if self.is_alive else self._say("jobs.ask.waits")
        self.consequences = " ".join(word for word in (*does, waits) if word) or self._say("jobs.ask.plain")

    @rx.event
    @allowed(_MAY)
    def cancel(self) -> None:
        """Run nothing."""
        self.is_asking, self.asking = False, ""

    @rx.event
    @allowed(_MAY)
    def run_now(self) -> None:
        """Ask the job process to run the job."""
        name, self.asking, self.is_asking = self.asking, "", False
        with transaction() as session:
            job_board.ask(session, self.actor, name, at=clock.now())
        self._notify("ok", self._say("jobs.asked", job=_label(name, self.language)))
        self._load()

    def _load(self) -> None:
        zone, at = get_settings().zone, clock.now()
        with reading() as session:
            found = job_board.board(session, self.actor, at=at, zone=zone)
            chosen = self.params.get("job", "")
            self.chosen = chosen if chosen in {line.name for line in found.lines} else ""
            if self.chosen:
                self._draw_history(*job_board.history(session, self.actor, self.chosen, page_of(self.params)))
        self.is_alive = found.is_alive
        self.clock_words = self._clock_words(found)
        self.items = [self._item(line) for line in found.lines]
        self.chosen_label = _label(self.chosen, self.language) if self.chosen else ""
        self.is_loaded = True

    def _clock_words(self, found: Board) -> str:
        if found.is_alive and found.since and found.beat_at:
            told = {"who": found.leader, "since": _instant(found.since, self.language)}
            return self._say("jobs.alive", beat=_instant(found.beat_at, self.language), **told)
        if found.beat_at:
            return self._say("jobs.silent", beat=_instant(found.beat_at, self.language))
        return self._say("jobs.dead")

    def _item(self, line: JobLine) -> JobItem:
        known, last = catalogue(self.language), line.last
        state = "asked" if line.asked_by else (last.state if last else "never")
        return JobItem(
            name=line.name,
            label=_label(line.name, self.language),
            what=known.get(f"jobs.what.{line.name}", ""),
            schedule=self._say("jobs.daily", at=line.at) if line.at else self._say("jobs.every", n=line.every),
            state=self._say(f"jobs.state.{state}"),
            state_kind="info" if line.asked_by else _KINDS.get(state, ""),
            last=_instant(last.started_at, self.language) if last else rows.NOTHING,
            took=_took(last, self.language) if last else "",
            did=_did(last.counts, self.language) if last else "",
            error=refusal(self.language, last.error) if last and last.error else "",
            next=_instant(line.next_at, self.language) if line.next_at else self._say("jobs.when_needed"),
            history_href=self._address(job="" if line.name == self.chosen else line.name, page=""),
            is_busy=line.is_running or bool(line.asked_by),
        )

    def _draw_history(self, number: int, some: list[JobRun]) -> None:
        self.page, self.pages = page_of(self.params), pages_of(number)
        self.sums = self._count("jobs.runs", number)
        self.runs = [
            RunItem(
                key=run.started_at.isoformat(),
                day=rows.day(run.business_on, self.language),
                started=_instant(run.started_at, self.language),
                took=_took(run, self.language),
                state=self._say(f"jobs.state.{run.state}"),
                state_kind=_KINDS.get(run.state, ""),
                did=_did(run.counts, self.language),
                error=refusal(self.language, run.error) if run.error else "",
            )
            for run in some
        ]


def _label(name: str, language: str) -> str:
    return catalogue(language).get(f"jobs.name.{name}", name.replace("_", " ").capitalize())


def _did(counts: Mapping[str, Any], language: str) -> str:
    """Return what a run did in words; what came to nothing is left out."""
    known = catalogue(language)
    told = [(key, value) for key, value in counts.items() if isinstance(value, int) and value]
    said = [
        f"{rows.number(value, language)} {known.get(f'jobs.count.{key}', key.replace('_', ' '))}"
        for key, value in told[:_SHOWN_COUNTS]
    ]
    return ", ".join(said) or say(language, "jobs.nothing")


def _took(run: JobRun, language: str) -> str:
    if run.ended_at is None:
        return ""
    seconds = (run.ended_at - run.started_at) / timedelta(seconds=1)
    return f"{rows.number(seconds, language, 1)} s"


def _instant(at: datetime, language: str) -> str:
    local = at.astimezone(get_settings().zone)
    return f"{rows.weekday(local.date(), language)} {local:%H:%M}"
