"""What the nightly check looks for, looked at now: each rule, and the rows that break it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import reflex as rx

from ar_cockpit.db.session import reading_one_state
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.services import invariants
from ar_cockpit.services.invariants import Difference
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.frame.session import SessionState


@dataclass
class DifferenceItem:
    """A rule that is broken, with the first rows for which it is."""

    rule: str
    count: str
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""


class DifferencesState(SessionState):
    """The rules that are broken now."""

    is_looking: bool = False
    is_looked: bool = False
    broken: list[DifferenceItem] = []

    @rx.event
    @allowed(Permission.RUN_JOBS)
    async def look(self) -> AsyncIterator[None]:
        """Check every rule now; nothing is changed."""
        self.is_looking = True
        yield
        try:
            found = await asyncio.to_thread(_ask, self.actor, date.fromisoformat(self.today))
            self.broken = [self._item(one) for one in found if one.count]
            self.is_looked = True
        finally:
            self.is_looking = False

    def _item(self, one: Difference) -> DifferenceItem:
        shown = len(one.rows)
        note = self._say("jobs.differences.more", shown=shown, total=one.count) if shown < one.count else ""
        return DifferenceItem(
            rule=self._say(f"jobs.differences.rule.{one.key}"),
            count=self._count("jobs.differences.count", one.count),
            heads=[self._say(f"jobs.differences.column.{key}") for key in one.columns] if shown else [],
            rows=[[_told(cell) for cell in row] for row in one.rows],
            note=note,
        )


def _ask(actor: Actor, on: date) -> Sequence[Difference]:
    with reading_one_state() as session:
        return invariants.seen(session, actor, on)


def _told(cell: Any) -> str:
    if cell is None:
        return "–"
    return ", ".join(_told(part) for part in cell) or "–" if isinstance(cell, tuple) else str(cell)
