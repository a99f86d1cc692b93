"""Taking one import back: first what that would do and what stands in its way, then the act."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import CockpitError, InputError
from ar_cockpit.services.importing.changes import undo
from ar_cockpit.services.importing.changes.undo import Undoing
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.imports.screen import BATCH, ImportsState

_MOST_DIGITS = 9


class UndoState(SessionState):
    """The dialog of one import."""

    is_open: bool = False
    is_working: bool = False
    title: str = ""
    does: list[str] = []
    blockers: list[str] = []
    refusal: str = ""
    can_undo: bool = False

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def ask(self) -> None:
        """Open the dialog with the consequences."""
        found = await asyncio.to_thread(_consequences, self.actor, number_of(self.params.get(BATCH, "")))
        self.title = self._say("imports.undo.title", name=found.file_name)
        self.does = self._does(found)
        self.blockers = [
            self._count(
                f"imports.undo.block.{one.kind}",
                one.count,
                total=rows.number(one.count, self.language),
                which=self._which(one.kind, one.which),
            )
            for one in found.blockers
        ]
        self.refusal = "" if found.is_known else self._say("imports.undo.unknown")
        self.can_undo, self.is_open = found.is_possible, True

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    def close(self) -> None:
        """Leave everything as it is."""
        self.is_open = False

    @rx.event
    @allowed(Permission.IMPORT_LEDGER)
    async def take_back(self) -> AsyncIterator[Any]:
        """Take the import of the address back, and draw the page anew."""
        self.is_working = True
        yield
        try:
            done = await asyncio.to_thread(undo_import, self.actor, number_of(self.params.get(BATCH, "")))
            self._notify("ok", self._say("imports.undo.done", name=done.file_name))
        except CockpitError as error:
            self._notify_error(error)
        finally:
            self.is_working, self.is_open = False, False
        yield ImportsState.load

    def _does(self, found: Undoing) -> list[str]:
        removed, restored = self._things(found.removed), self._things(found.restored)
        return [
            *([self._say("imports.undo.removes", things=removed)] if removed else []),
            *([self._say("imports.undo.restores", things=restored)] if restored else []),
            *([] if removed or restored else [self._say("imports.undo.changes_nothing")]),
            self._say("imports.undo.open_amounts"),
            self._say("imports.undo.audited"),
        ]

    def _things(self, counts: Mapping[str, int]) -> str:
        return ", ".join(
            self._count(f"imports.undo.things.{table}", n, total=rows.number(n, self.language))
            for table, n in counts.items()
        )

    def _which(self, kind: str, which: str) -> str:
        return self._say(f"imports.undo.rows.{which}") if kind == "changed_since" else which


def number_of(given: str) -> int:
    """Return an import's number as an address holds it."""
    if not given.isdigit() or len(given) > _MOST_DIGITS:
        raise InputError("There is no such import.", "Choose one from the list.")
    return int(given)


def _consequences(actor: Actor, batch_id: int) -> Undoing:
    with reading() as session:
        return undo.consequences(session, actor, batch_id)


def undo_import(actor: Actor, batch_id: int) -> Undoing:
    """Take an import back in a transaction of its own."""
    with transaction() as session:
        return undo.undo(session, actor, batch_id)
