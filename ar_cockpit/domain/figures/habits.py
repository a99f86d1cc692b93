"""How a customer pays, in one line: the average days late of now and of a year ago, weighted by amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Protocol

ENOUGH_INVOICES = 5  # fewer say nothing about a habit
NOTABLE_DAYS = 5
SLOWER_MONTHS = 2


@dataclass(frozen=True, slots=True)
class PaidInYear:
    """What was settled in one year: Σ amount × days late, and Σ amount."""

    late_weighted: int = 0
    weight: int = 0

    @property
    def days_late(self) -> int | None:
        """The average days late, or ``None`` when nothing was settled."""
        if self.weight <= 0:
            return None
        return int((Decimal(self.late_weighted) / Decimal(self.weight)).quantize(Decimal(1), ROUND_HALF_EVEN))


@dataclass(frozen=True, slots=True)
class Habit:
    """The year to the day, the year before it, and how many of both years' invoices were late."""

    now: PaidInYear = PaidInYear()
    before: PaidInYear = PaidInYear()
    settled: int = 0
    settled_late: int = 0

    @property
    def is_always_punctual(self) -> bool:
        """Whether enough was settled in two years and none of it late."""
        return self.settled >= ENOUGH_INVOICES and self.settled_late == 0

    @property
    def trend(self) -> str:
        """``slower`` or ``faster`` than a year ago by a notable number of days, ``steady``, or empty if unknown."""
        now, before = self.now.days_late, self.before.days_late
        if now is None or before is None:
            return ""
        if abs(now - before) < NOTABLE_DAYS:
            return "steady"
        return "slower" if now > before else "faster"


class MonthPaid(Protocol):
    """What was settled in one month: Σ amount × days late, and Σ amount."""

    @property
    def month(self) -> str:
        """The month, ``2026-06``."""

    @property
    def late_weighted(self) -> int:
        """Σ amount × days late."""

    @property
    def weight(self) -> int:
        """Σ amount."""


def slower_since(months: Sequence[MonthPaid], before: int) -> date | None:
    """Return the first day of the month since when every month's money came notably later than ``before`` days late.

    One month is no change yet: two at least, the newest among them, with those in which nothing came left out.
    """
    since, run = None, 0
    for one in reversed([month for month in months if month.weight > 0]):
        if Decimal(one.late_weighted) / Decimal(one.weight) - before < NOTABLE_DAYS:
            break
        since, run = date.fromisoformat(f"{one.month}-01"), run + 1
    return since if run >= SLOWER_MONTHS else None
