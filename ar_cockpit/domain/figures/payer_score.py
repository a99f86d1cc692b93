"""The payer score: 0 to 100 from a customer's own behaviour, as 100 less what each part of it takes.

| Part | Takes |
|---|---|
| lateness | 2 for each day late on average, weighted by amount, over what was settled in the year or is overdue now |
| trend | 1 for each 2 days that the last quarter was slower than the year before it, from 5 days on, 10 at most |
| unpaid | 2 for each invoice now more than 30 days overdue, 10 at most |
| promises | 5 for each promise broken in the year, 15 at most |
| disputes | 3 for each dispute of the year that proved unjustified, 9 at most |

A customer with neither settled nor overdue invoices has no score.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

POINTS_A_DAY = 2
NOTABLE_DAYS = 5
UNPAID_AFTER_DAYS = 30
_MOST = {"trend": 10, "unpaid": 10, "promises": 15, "disputes": 9}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a score is made of; days are averages weighted by amount, lately is the last quarter."""

    days_late: float
    days_late_lately: float | None = None
    days_late_before: float | None = None  # in the year, before the last quarter
    late_lately: int = 0  # invoices settled late in the last quarter
    unpaid: int = 0
    broken_promises: int = 0
    unjustified_disputes: int = 0


@dataclass(frozen=True, slots=True)
class PayerScore:
    """The points that each part takes, and what is needed to say why."""

    lateness: int = 0
    trend: int = 0
    unpaid: int = 0
    promises: int = 0
    disputes: int = 0

    @property
    def total(self) -> int:
        """The score itself."""
        return max(0, 100 - sum(self.parts.values()))

    @property
    def parts(self) -> dict[str, int]:
        """The points taken, by part."""
        return asdict(self)


def payer_score(behaviour: Behaviour) -> PayerScore:
    """Return the score of a customer that behaves like this."""
    lately, before = behaviour.days_late_lately, behaviour.days_late_before
    slower = max(0.0, lately) - max(0.0, before) if lately is not None and before is not None else 0.0
    taken = {
        "trend": int(slower // 2) if slower >= NOTABLE_DAYS else 0,
        "unpaid": 2 * behaviour.unpaid,
        "promises": 5 * behaviour.broken_promises,
        "disputes": 3 * behaviour.unjustified_disputes,
    }
    lateness = min(100, max(0, round(POINTS_A_DAY * behaviour.days_late)))
    return PayerScore(lateness, **{part: min(_MOST[part], points) for part, points in taken.items()})


def worst_change(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """Return the part that takes most more than before, or nothing when none does."""
    grown = {part: points - before.get(part, 0) for part, points in after.items()}
    part = max(grown, key=lambda key: grown[key], default="")
    return part if part and grown[part] > 0 else ""
