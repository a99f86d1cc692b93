"""When a customer may be written to: on the cadence's days, in its window, in the customer's own time."""

from __future__ import annotations

from datetime import datetime

from ar_cockpit.domain.policy.model import Cadence


def is_open(cadence: Cadence, local: datetime, *, is_holiday: bool) -> bool:
    """Return whether a message may go at ``local``, the customer's wall clock; the end is excluded."""
    start, end = cadence.window
    return not is_holiday and local.weekday() in cadence.send_on and start <= local.time() < end
