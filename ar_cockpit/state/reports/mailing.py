"""Mailing a report: set up from the report's page, listed below it with what became of each mail."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.rhythm import About
from ar_cockpit.services import clock
from ar_cockpit.services.reports import kept, mails, schedules
from ar_cockpit.services.reports.kept import CHOICES, OWN
from ar_cockpit.services.reports.mails import Delivery
from ar_cockpit.services.reports.schedules import PACK, Plan, Reader, Scheduled
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.acting import act
from ar_cockpit.state.frame.session import Choice, SessionState
from ar_cockpit.state.reports.mailing_rows import (
    DeliveryItem,
    ReaderItem,
    ScheduleItem,
    delivery_items,
    plan_as_json,
    plan_from_json,
    reader_items,
    readers_of,
    rhythm_choices,
    rhythm_of,
    schedule_items,
)

_MAY = Permission.VIEW_FIGURES


class MailingState(SessionState):
    """What is mailed to whom, and the dialog that sets it up."""

    is_listed: bool = False
    items: list[ScheduleItem] = []
    log: list[DeliveryItem] = []
    readers: list[ReaderItem] = []
    rhythms: list[Choice] = []
    zone: str = ""
    is_asking: bool = False
    is_pack: bool = False

    @rx.event
    @allowed(_MAY)
    async def list_mailed(self) -> None:
        """Fill the lists."""
        if not self._may(Permission.EXPORT):
            return
        found, log, people = await asyncio.to_thread(_ask, self.actor)
        self.items, self.log = schedule_items(found, self.language), delivery_items(log, self.language)
        self.readers, self.rhythms = reader_items(people), rhythm_choices(self.language)
        self.zone, self.is_listed = get_settings().timezone, True

    @rx.event
    @allowed(_MAY)
    def ask(self, is_open: bool, is_pack: bool = False) -> None:
        """Open or close the dialog that sets a mailing up, for the report shown or the pack."""
        self.is_asking, self.is_pack = is_open, is_pack

    @rx.event
    @allowed(_MAY)
    async def add(self, form: dict[str, Any]) -> None:
        """Mail the report shown from now on."""
        plan = self._plan(form, await asyncio.to_thread(_known, self.actor))
        await act(schedules.add, self.actor, plan, at=clock.now())
        self.is_asking = False
        self._notify("ok", self._say("mailed.added"))
        await self.list_mailed()

    @rx.event
    @allowed(_MAY)
    async def pause(self, schedule_id: int, is_paused: bool) -> None:
        """Stop mailing for a while, or go on."""
        await act(schedules.pause, self.actor, _key(schedule_id), paused=bool(is_paused), at=clock.now())
        await self.list_mailed()

    @rx.event
    @allowed(_MAY)
    async def send_now(self, schedule_id: int) -> None:
        """Mail it once more, at once."""
        begun = await act(mails.send_now, self.actor, _key(schedule_id), at=clock.now())
        self._notify("ok", self._count("mailed.begun", begun) if begun else self._say("mailed.begun.already"))
        await self.list_mailed()

    @rx.event
    @allowed(_MAY)
    async def remove(self, schedule_id: int) -> None:
        """Mail it no more; it can be taken back."""
        gone = await act(schedules.remove, self.actor, _key(schedule_id))
        name = gone.title(self.language)
        self._notify("ok", self._say("mailed.removed", name=name), undo=MailingState.put_back(plan_as_json(gone)))
        await self.list_mailed()

    @rx.event
    @allowed(_MAY)
    async def put_back(self, plan: dict[str, Any]) -> None:
        """Mail again what was removed."""
        await act(schedules.add, self.actor, plan_from_json(plan), at=clock.now())
        self._notify("ok", self._say("shell.undone"))
        await self.list_mailed()

    @rx.event
    @allowed(_MAY)
    async def leave(self, schedule_id: int) -> None:
        """Get a colleague's report no more."""
        await act(schedules.leave, self.actor, _key(schedule_id))
        self._notify("ok", self._say("mailed.left"))
        await self.list_mailed()

    def _plan(self, form: dict[str, Any], known: list[kept.Kept]) -> Plan:
        part = kept.chosen(dict(self.params), known)
        report = self.params.get("report", "").removeprefix(OWN)
        is_as_saved = not any(self.params.get(name) for name in CHOICES)
        is_saved = bool(part.name) and report.isdecimal() and not self.is_pack
        try:
            about = About(str(form.get("about", "")))
        except ValueError as error:
            raise InputError("There is no such report.") from error
        return Plan(
            PACK if self.is_pack else part.key,
            None if self.is_pack else part.definition,
            self.company,
            self.currency,
            str(form.get("ending", "")),
            rhythm_of(form),
            about,
            readers_of(form),
            int(report) if is_saved and is_as_saved else None,
            part.name if is_saved else "",
            bool(self.consolidate),
        )


def _known(actor: Actor) -> list[kept.Kept]:
    with reading() as session:
        return kept.reports(session, actor)


def _ask(actor: Actor) -> tuple[list[Scheduled], list[Delivery], list[Reader]]:
    with reading() as session:
        return schedules.schedules(session, actor), mails.deliveries(session, actor), schedules.people(session, actor)


def _key(given: Any) -> int:
    return int(given) if str(given).isdecimal() else 0
