"""How a customer pays, beyond one average: how the days late are spread, and whether it pays at month ends.

Measured over the invoices settled in the two years to the day, each counted once.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

LATE_DAYS = timedelta(days=730)
ENOUGH_INVOICES = 8  # fewer say nothing about a habit
MONTH_END_DAYS = 5
HABIT_SHARE = 0.5  # by chance, about a sixth would fall on the last five days


class Band(NamedTuple):
    """A span of days late, both ends in it; ``None`` is without an end."""

    key: str
    first: int | None
    last: int | None


BANDS = (
    Band("early", None, -1),
    Band("on_time", 0, 0),
    Band("1-7", 1, 7),
    Band("8-15", 8, 15),
    Band("16-30", 16, 30),
    Band("31-60", 31, 60),
    Band("over_60", 61, None),
)
_PUNCTUAL = ("early", "on_time")
_VERY_LATE = ("31-60", "over_60")


def band_of(days_late: int) -> Band:
    """Return the band that ``days_late`` falls into; a negative number is early."""
    return next(band for band in BANDS if band.last is None or days_late <= band.last)


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many settled invoices fall into each band, in the bands' order."""

    counts: tuple[int, ...] = (0,) * len(BANDS)

    @classmethod
    def of(cls, counted: Mapping[str, int]) -> Distribution:
        """Return the distribution of invoices counted by the keys of their bands."""
        return cls(tuple(counted.get(band.key, 0) for band in BANDS))

    @property
    def total(self) -> int:
        """How many invoices there are."""
        return sum(self.counts)

    @property
    def punctual(self) -> int:
        """How many were paid by their due date."""
        return self._of(_PUNCTUAL)

    @property
    def very_late(self) -> int:
        """How many were paid more than thirty days late."""
        return self._of(_VERY_LATE)

    def _of(self, keys: tuple[str, ...]) -> int:
        return sum(count for band, count in zip(BANDS, self.counts, strict=True) if band.key in keys)


def is_month_end(day: date) -> bool:
    """Return whether ``day`` is one of the last five of its month."""
    return day.day > monthrange(day.year, day.month)[1] - MONTH_END_DAYS


def month_end_share(settled: Iterable[tuple[date, int]]) -> float | None:
    """Return which share of the invoices was settled at a month end, or ``None`` when there are too few to say.

    ``settled`` are days with the number of invoices that were settled on each.
    """
    total = at_the_end = 0
    for day, count in settled:
        total += count
        at_the_end += count if is_month_end(day) else 0
    return at_the_end / total if total >= ENOUGH_INVOICES else None


def pays_at_month_end(share: float | None) -> bool:
    """Return whether so large a share is a habit."""
    return share is not None and share >= HABIT_SHARE
