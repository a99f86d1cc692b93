"""The page filled from its address, then everything beside it."""

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from ar_cockpit.state.cadences.after import after_change
from ar_cockpit.state.cadences.screen import EDIT, CadencesState, current_draft
from ar_cockpit.state.frame.access import allowed


class OpeningState(CadencesState):
    """How the page begins."""

    @rx.event
    @allowed(EDIT)
    async def load(self) -> Any:
        """Show the draft as it is now; the counts, the message and the figures follow by themselves."""
        await self._read_draft()
        return after_change()

    @rx.event
    @allowed(EDIT)
    async def refresh(self) -> Any:
        """Show what somebody else changed since, and say so."""
        before = (self._revision, self._in_force)
        if not self._toml:
            return None
        found = await asyncio.to_thread(current_draft, self.actor)
        if (found.revision, found.in_force.number) == before:
            return None
        self._take(found)
        self._notify("info", self._say("cadences.changed_elsewhere"), mend=self.changed)
        return after_change()
