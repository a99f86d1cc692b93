"""One look at the clock, as every job is given it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """The instant, the business date it belongs to, and the sign to stop working."""

    now: datetime
    on: date
    stop: threading.Event = field(default_factory=threading.Event)
