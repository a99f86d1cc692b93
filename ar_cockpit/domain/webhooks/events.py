"""What programs are told of, and when a delivery that failed is tried again."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

VERSION = 1  # of the payload: a field may be added, none is removed or given another meaning
MOST_TRIES = 8
_FIRST_WAIT = timedelta(seconds=30)
_GROWTH = 4
_JITTER = 0.2
GIVE_UP_AFTER = timedelta(days=1)  # an endpoint that has failed for so long when a delivery is given up is disabled


class EventType(StrEnum):
    """The kinds of events."""

    INVOICE_SETTLED = "invoice.settled"
    PROMISE_BROKEN = "promise.broken"
    HOLD_SET = "hold.set"
    HOLD_RELEASED = "hold.released"
    STANDING_CHANGED = "standing.changed"


def wait_after(tries: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many ``tries`` have failed, or ``None`` when it is given up.

    Half a minute at first, four times as long each time: eight tries in about two days. ``chance`` (0 to 1) moves a
    wait by up to a fifth either way, so that what failed together does not come back together.
    """
    if tries >= MOST_TRIES:
        return None
    growth: int = _GROWTH ** (tries - 1)
    return _FIRST_WAIT * growth * (1 - _JITTER + 2 * _JITTER * chance)
