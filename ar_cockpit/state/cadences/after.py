"""What is brought up to date after a change: the counts, the message that is tried, what switching on would do."""

from __future__ import annotations

from typing import Any

from ar_cockpit.state.cadences.outlook import OutlookState
from ar_cockpit.state.cadences.screen import CadencesState
from ar_cockpit.state.cadences.trying import TryingState


def after_change() -> list[Any]:
    """Return the events that follow a change of the draft."""
    return [CadencesState.recount, TryingState.refresh, OutlookState.refresh]
