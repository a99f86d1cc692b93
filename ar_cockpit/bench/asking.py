"""What a question of the benchmark is: what it is about, how the product answers it, and its floor in plain SQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.domain.access import Actor

ME = Actor.local_operator()
Plain = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question is about, another one at every turn."""

    today: date
    about: Slice
    turn: int
    customers: int

    @property
    def past(self) -> date:
        """A day of the last two years."""
        return self.today - timedelta(days=1 + self.turn * 97 % 730)

    @property
    def customer(self) -> int:
        """A customer."""
        return 1 + self.turn * 7919 % self.customers


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its goal in milliseconds: of the median, or of the slowest of a hundred."""

    name: str
    goal: float
    product: Callable[[Session, Asked], object]
    floor: Callable[[Asked], Sequence[Plain]]
    is_p99: bool = False
    turns: int = 20
    warmed: int = 2  # turns before those that count
    is_weighed: bool = False  # whether it is told how much memory it takes
    is_undone: bool = False  # whether it writes, and is rolled back each time
    before: Callable[[Session, Asked], object] | None = None  # done first, untimed, and undone with it
