"""The pack of a month: made aside while the page is used, with its progress, and fetched when it is ready."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.services import clock
from ar_cockpit.services.reports import files, ready
from ar_cockpit.services.reports.rows import Asked
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState

_LOOK_EVERY = 0.3  # seconds


@dataclass(slots=True)
class _Progress:
    """How far the thread that makes it has come."""

    done: int = 0
    whole: int = 1
    name: str = ""

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
            asked = Asked(self.as_of_date, self.company, self.currency)
            self.is_being_made, self.pack_href, self.percent = True, "", 0
            self.progress = self._say("pack.begins")
        progress = _Progress()
        work = asyncio.create_task(asyncio.to_thread(_made, actor, asked, language, progress))
        while not work.done():
            await asyncio.wait({work}, timeout=_LOOK_EVERY)
            async with self:
                self.percent = round(100 * progress.done / (progress.whole + 1))
                self.progress = self._say("pack.making", name=progress.name) if progress.name else self.progress
        async with self:
            self.is_being_made, self.progress = False, ""
            try:
                self.pack_href = f"{routes.DOWNLOADS}/report-file/{work.result()}"
            except CockpitError as error:
                self._notify_error(error)


def _made(actor: Actor, asked: Asked, language: str, progress: _Progress) -> str:
    # Altair and what draws take half a second to load: not before somebody asks.
    from ar_cockpit.drawn.reports import report_charts  # noqa: PLC0415
    from ar_cockpit.services.figures import cash_outlook  # noqa: PLC0415 (likewise: the forecast's libraries)

    actor.require(Permission.EXPORT)
    cash_outlook.make_ready(actor, as_of=asked.as_of, company=asked.company)
    with reading() as session:
        wish = files.pack(asked, language)
        made = files.make(session, actor, wish, "pdf", draw=report_charts, told=progress.told)
    with transaction() as session:
        return ready.keep(session, actor, made, at=clock.now())
