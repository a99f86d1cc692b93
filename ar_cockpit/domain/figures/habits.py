"""How a customer pays, in one line: the average days late of now and of a year ago, weighted by amount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

ENOUGH_INVOICES = 5  # fewer say nothing about a habit
NOTABLE_DAYS = 5


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
