"""The page filled from its address, then everything beside it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.state.cadences.after import after_change
from ar_cockpit.state.cadences.screen import EDIT, CadencesState
from ar_cockpit.state.frame.access import allowed


class OpeningState(CadencesState):
    """How the page begins."""

    @rx.event
    @allowed(EDIT)
    async def load(self) -> Any:
        """Show the draft as it is now; the counts, the message and the figures follow by themselves."""
        await self._read_draft()
        return after_change()
