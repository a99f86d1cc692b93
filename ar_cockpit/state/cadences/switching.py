"""Undoing, discarding and switching on; every version, compared and brought back; the policy as a file."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.errors import CockpitError
from ar_cockpit.domain.policy.differences import differences
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import drafts, step_view, versions
from ar_cockpit.services.reminders import policy as policies
from ar_cockpit.services.reminders.drafts import LONGEST_NOTE, Draft
from ar_cockpit.services.reminders.versions import Version
from ar_cockpit.settings import get_settings
from ar_cockpit.state.cadences import differences as told
from ar_cockpit.state.cadences import portfolios
from ar_cockpit.state.cadences.after import after_change
from ar_cockpit.state.cadences.differences import DifferenceLine
from ar_cockpit.state.cadences.outlook import OutlookState
from ar_cockpit.state.cadences.screen import EDIT, CadencesState, database
from ar_cockpit.state.display import rows, titles
from ar_cockpit.state.frame.access import allowed


@dataclass
class VersionLine:
    """A version in the list."""

    number: int
    title: str
    when: str
    who: str
    note: str
    is_in_force: bool
    is_compared: bool


class SwitchState(CadencesState):
    """The dialogs of switching on and of the versions."""

    is_switching: bool = False
    note: str = ""
    changes: list[DifferenceLine] = []
    skips: list[str] = []
    between: str = ""  # another version was switched on since the draft was begun
    is_listing: bool = False
    versions: list[VersionLine] = []
    compared: list[DifferenceLine] = []
    compared_title: str = ""
    compared_number: int = -1
    restoring: int = -1
    _against: int = 0

    @rx.event
    @allowed(EDIT)
    async def undo_change(self) -> Any:
        """Take the last change of the draft back, whoever made it."""
        return await self._do(lambda session: drafts.undo(session, self.actor, seen=self._revision, at=clock.now()))

    @rx.event
    @allowed(EDIT)
    async def discard(self) -> Any:
        """Throw the draft away; the policy in force is shown again."""

        def done(session: Any) -> Draft:
            drafts.discard(session, self.actor, seen=self._revision, at=clock.now())
            return drafts.current(session, self.actor)

        found = await self._do(done)
        if found:
            self._notify("ok", self._say("cadences.discarded"))
        return found

    @rx.event
    @allowed(EDIT)
    async def ask(self) -> Any:
        """Say what switching on would change before it is done."""
        before, skipped = await asyncio.to_thread(self._consequences)
        after = self._policy
        self.changes = told.lines(differences(before, after), before, after, self.language)
        self.skips = [
            self._count(
                "cadences.skips",
                one.invoices,
                step=titles.step_title(
                    after.cadences[one.cadence],
                    next(step for step in after.cadences[one.cadence].steps if step.key == one.step),
                    self.language,
                ),
                cadence=titles.cadence_title(after.cadences[one.cadence], self.language),
            )
            for one in skipped
        ]
        self.between = ""
        if self._base != self._in_force:
            self.between = self._say("cadences.between", number=self._in_force)
        self.is_switching, self.note = True, ""
        return OutlookState.refresh

    @rx.event
    @allowed(EDIT)
    def write_note(self, note: str) -> None:
        """Say why."""
        self.note = str(note)[:LONGEST_NOTE]

    @rx.event
    @allowed(EDIT)
    def on_asked(self, shown: bool) -> None:
        """Hear that the dialog was closed."""
        self.is_switching = bool(shown)

    @rx.event
    @allowed(EDIT)
    async def switch_on(self) -> Any:
        """Put the draft in force."""
        self.is_switching = False

        def done(session: Any) -> Draft:
            drafts.switch_on(
                session,
                self.actor,
                seen=self._revision,
                in_force=self._against,
                note=self.note,
                at=clock.now(),
            )
            return drafts.current(session, self.actor)

        found = await self._do(done)
        if found:
            self._notify("ok", self._say("cadences.switched_on", number=self._in_force))
        return found

    @rx.event
    @allowed(EDIT)
    async def list_versions(self) -> None:
        """Open the list of versions."""
        self.compared, self.compared_title, self.compared_number, self.restoring = [], "", -1, -1
        await self._list()
        self.is_listing = True

    @rx.event
    @allowed(EDIT)
    def on_listed(self, shown: bool) -> None:
        """Hear that the dialog was closed."""
        self.is_listing = bool(shown)

    @rx.event
    @allowed(EDIT)
    async def compare(self, number: int) -> None:
        """Show what changed from a version to the one in force."""
        older, newer = _number(number), self._in_force
        before, after = await asyncio.to_thread(self._texts, older, newer)
        found = differences(before, after)
        self.compared = told.lines(found, before, after, self.language)
        self.compared_number = older
        self.compared_title = self._say("cadences.compared", older=older, newer=newer)
        await self._list()

    @rx.event
    @allowed(EDIT)
    async def ask_restore(self, number: int) -> None:
        """Show what bringing a version back would change, and ask."""
        wanted, newest = _number(number), self._in_force
        before, after = await asyncio.to_thread(self._texts, newest, wanted)
        self.compared = told.lines(differences(before, after), before, after, self.language)
        self.compared_title = self._say("cadences.would_change", number=wanted)
        self.restoring, self.compared_number, self._against = wanted, wanted, newest
        await self._list()

    @rx.event
    @allowed(EDIT)
    async def restore(self) -> Any:
        """Bring the version back as a new one, in force at once; a draft stays a draft."""
        number, self.is_listing = self.restoring, False

        def done(session: Any) -> Draft:
            versions.restore(session, self.actor, number, in_force=self._against, at=clock.now())
            return drafts.current(session, self.actor)

        found = await self._do(done)
        if found:
            self._notify("ok", self._say("cadences.restored", number=number, now=self._in_force))
        return found

    async def _do(self, done: Any) -> Any:
        """Do what changes the draft as a whole; a refusal shows it as it is now."""

        def work() -> Draft:
            with transaction() as session:
                found: Draft = done(session)
                return found

        try:
            self._take(await asyncio.to_thread(work))
        except CockpitError as error:
            self._notify_error(error)
            self._take(await asyncio.to_thread(self._read))
            return None
        return after_change()

    def _read(self) -> Draft:
        with reading() as session:
            return drafts.current(session, self.actor)

    def _consequences(self) -> Any:
        with reading() as session:
            standing = policies.in_force(session)
            self._against = standing.number
            where = portfolios.members_of(self.actor, self.as_of_date, database(), self._policy)
            day = self.as_of_date + timedelta(days=1)
            found = step_view.skipped(session, self.actor, where, standing.policy, self._policy, day)
            return standing.policy, found

    def _texts(self, older: int, newer: int) -> Any:
        with reading() as session:
            return tuple(policies.check(versions.text_of(session, self.actor, number)) for number in (older, newer))

    async def _list(self) -> None:
        def work() -> list[Version]:
            with reading() as session:
                return versions.versions(session, self.actor)

        zone = get_settings().zone
        self.versions = [
            VersionLine(
                number=one.number,
                title=self._say("cadences.version", number=one.number)
                if one.number
                else self._say("cadences.version.shipped"),
                when=rows.day(one.switched_on_at.astimezone(zone).date(), self.language) if one.switched_on_at else "",
                who=one.switched_on_by,
                note=one.note
                or (self._say("cadences.restores", number=one.restores) if one.restores is not None else ""),
                is_in_force=one.is_in_force,
                is_compared=one.number == self.compared_number,
            )
            for one in await asyncio.to_thread(work)
        ]


def _number(given: Any) -> int:
    return int(given) if str(given).isdigit() and len(str(given)) < 9 else -1
