"""Files that take a while: the pack of a month and any report on paper, made aside while the page is used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading_one_state, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services import clock
from ar_cockpit.services.reports import files, kept, ready
from ar_cockpit.services.reports.files import Wish
from ar_cockpit.services.reports.rows import Asked
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_LOOK_EVERY = 0.3  # seconds
_AT_ONCE = 1.0  # seconds before somebody who waits wants to know how far it is
_FORECASTS = frozenset({"cash_weeks"})  # sources of rows that a model is needed for
_FILES = f"{routes.DOWNLOADS}/report-file"


@dataclass(slots=True)
class _Progress:
    """How far the thread that makes it has come."""

    done: int = 0
    whole: int = 1
    name: str = ""

    @property
    def percent(self) -> int:
        """The share that is done; what puts it on paper counts as one more part."""
        return round(100 * self.done / (self.whole + 1))

    def told(self, done: int, whole: int, name: str) -> None:
        self.done, self.whole, self.name = done, whole, name


class PackState(SessionState):
    """The pack that is being made, or was."""

    is_being_made: bool = False
    percent: int = 0
    progress: str = ""
    pack_href: str = ""

    @rx.event(background=True)
    @allowed(Permission.VIEW_FIGURES)
    async def make(self) -> None:
        """Make the pack of the companies and the day shown."""
        async with self:
            if self.is_being_made:
                return
            actor, language = self.actor, self.language
            asked = Asked(self.as_of_date, self.company, self.currency, bool(self.consolidate))
            self.is_being_made, self.pack_href, self.percent = True, "", 0
            self.progress = self._say("pack.begins")
        progress = _Progress()
        work = asyncio.create_task(asyncio.to_thread(_made, actor, files.pack(asked, language), progress))
        while not work.done():
            await asyncio.wait({work}, timeout=_LOOK_EVERY)
            async with self:
                self.percent = progress.percent
                self.progress = self._say("pack.making", name=progress.name) if progress.name else self.progress
        async with self:
            self.is_being_made, self.progress = False, ""
            try:
                self.pack_href = f"{_FILES}/{work.result()}?lang={self.language}"
            except CockpitError as error:
                self._notify_error(error)


class PaperState(SessionState):
    """The report that is being put on paper."""

    is_on_its_way: bool = False  # and has been for a second: what is there at once needs no progress
    paper_percent: int = 0
    paper_progress: str = ""
    _is_busy: bool = False

    @rx.event(background=True)
    @allowed(Permission.VIEW_FIGURES)
    async def make(self) -> AsyncIterator[rx.event.EventSpec]:
        """Make the PDF of the report that the address shows, and hand it over as soon as it is there."""
        async with self:
            if self._is_busy:
                return
            self._is_busy, actor, language = True, self.actor, self.language
            params = dict(self.params)
            asked = Asked(self.as_of_date, self.company, self.currency, bool(self.consolidate))
        progress = _Progress()
        work = asyncio.create_task(asyncio.to_thread(_on_paper, actor, params, asked, language, progress))
        await asyncio.wait({work}, timeout=_AT_ONCE)
        while not work.done():
            async with self:
                self.is_on_its_way, self.paper_percent = True, progress.percent
                self.paper_progress = self._say("pack.making", name=progress.name or self._say("reports.pdf"))
            await asyncio.wait({work}, timeout=_LOOK_EVERY)
        async with self:
            self._is_busy, self.is_on_its_way = False, False
            try:
                mark = work.result()
            except CockpitError as error:
                self._notify_error(error)
                return
        yield rx.download(url=f"{_FILES}/{mark}?lang={language}")


def _on_paper(actor: Actor, params: dict[str, str], asked: Asked, language: str, progress: _Progress) -> str:
    actor.require(Permission.EXPORT)
    with reading_one_state() as session:
        part = kept.chosen(params, kept.reports(session, actor))
    return _made(actor, Wish([part], asked, language), progress)


def _made(actor: Actor, wish: Wish, progress: _Progress) -> str:
    # Altair and what draws take half a second to load: not before somebody asks.
    from ar_cockpit.drawn.reports import report_charts  # noqa: PLC0415
    from ar_cockpit.services.figures import cash_outlook  # noqa: PLC0415 (likewise: the forecast's libraries)

    actor.require(Permission.EXPORT)
    if any(part.definition.source in _FORECASTS for part in wish.parts):
        cash_outlook.make_ready(actor, as_of=wish.asked.as_of, company=wish.asked.company)
    with reading_one_state() as session:
        made = files.make(session, actor, wish, "pdf", draw=report_charts, told=progress.told)
    with transaction() as session:
        return ready.keep(session, actor, made, at=clock.now())
