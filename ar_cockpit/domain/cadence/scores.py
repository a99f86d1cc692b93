"""The payer score, on one day and on each of the days to come.

Score = 100 − 2 × the average days late, weighted by amount, over the invoices settled in the year to the day and those
overdue on it (their days late so far): 100 pays on time or early, 50 is 25 days late, 0 is 50 days late or more.
A customer with neither settled nor overdue invoices has no score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

POINTS_A_DAY = 2


class Weighed(NamedTuple):
    """An open invoice: ``days`` since its due date on the first day, and its amount as weight."""

    invoice_id: int
    days: int
    weight: float


@dataclass(slots=True)
class Settled:
    """A customer's invoices settled in the year to the first day, and those that leave the year on a later one."""

    late: float = 0.0  # weight × days late
    weight: float = 0.0
    leaving: list[tuple[int, float, float]] = field(default_factory=list)  # the day they are gone, late, weight


def score(days_late: float) -> int:
    """Return the score of an average of days late."""
    return min(100, max(0, round(100 - POINTS_A_DAY * days_late)))


def scores_by_day(settled: Settled, open_ones: Iterable[Weighed], gone: dict[int, int], count: int) -> list[int | None]:
    """Return the score on each of ``count`` days; ``gone`` are the days on which open invoices are paid."""
    weight, late, slope = ([0.0] * (count + 1) for _ in range(3))
    weight[0], late[0] = settled.weight, settled.late
    for day, lost_late, lost_weight in settled.leaving:
        weight[day] -= lost_weight
        late[day] -= lost_late
    for invoice_id, days, minor in open_ones:
        paid = gone.get(invoice_id, count)
        begins = min(max(0, 1 - days), paid)  # one that is settled early counts from then on
        if begins >= count:
            continue
        weight[begins] += minor
        late[begins] += minor * (days + begins)
        if begins < paid:  # a day later with each day, until it is paid
            slope[begins + 1] += minor
            if paid + 1 <= count:
                slope[paid + 1] -= minor
    growing = list(accumulate(slope))
    totals = zip(
        accumulate(weight), accumulate(one + more for one, more in zip(late, growing, strict=True)), strict=True
    )
    found = [score(total / whole) if whole > 0.5 else None for whole, total in totals]
    return found[:count]
