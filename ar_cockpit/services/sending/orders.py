"""What a run of sending is told, and what it reports."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

MOST_AT_ONCE = 8  # messages on the way at the same time, in a process

Windows = Callable[[Session], "list[tuple[str, str, str]]"]


@dataclass(slots=True)
class SendReport:
    """How many messages came to which end in this run, and why it stopped early or waits, if it does."""

    counts: Counter[str] = field(default_factory=Counter)
    stopped: str = ""
    waits_seconds: float = 0.0  # until an account's cap lets the next one go
    handled: int = 0  # how many of the most it was allowed

    @property
    def is_whole(self) -> bool:
        """Whether nothing failed, nothing is unknown, and the run went through."""
        return not (self.counts["failed"] or self.counts["unknown"] or self.stopped)


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is told: the business date, how many at most, and what may go now (``None``: everything).

    ``patience`` is for how many seconds at a time it waits for a cap to let the next message go.
    """

    as_of: date
    most: int | None = None
    retry_now: bool = False
    windows: Windows | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    patience: float = 0.0
    at_once: int = MOST_AT_ONCE
