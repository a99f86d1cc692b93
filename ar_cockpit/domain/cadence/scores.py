"""The payer score on each of the days to come, as :mod:`ar_cockpit.domain.figures.payer_score` has it on one.

Lateness and what is long unpaid change with the days and the payments; trend, broken promises and disputes are taken as
they are on the first day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from ar_cockpit.domain.figures.payer_score import (
    UNPAID_AFTER_DAYS,
    Behaviour,
    lateness_points,
    payer_score,
    unpaid_points,
)

_NOTHING = 0.5  # weights are whole minor units: less is what rounding leaves


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


def lasting_points(behaviour: Behaviour) -> int:
    """Return the points that a score loses by what stays as it is in the coming days."""
    taken = payer_score(behaviour)
    return taken.trend + taken.promises + taken.disputes


def scores_by_day(
    settled: Settled, open_ones: Iterable[Weighed], gone: dict[int, int], count: int, lasting: int = 0
) -> list[int | None]:
    """Return the score on each of ``count`` days; ``gone`` are the days on which open invoices are paid."""
    weight, late, slope = ([0.0] * (count + 1) for _ in range(3))
    unpaid = [0] * (count + 1)
    weight[0], late[0] = settled.weight, settled.late
    for day, lost_late, lost_weight in settled.leaving:
        weight[day] -= lost_weight
        late[day] -= lost_late
    for invoice_id, days, minor in open_ones:
        paid = min(gone.get(invoice_id, count), count)
        is_long = max(0, UNPAID_AFTER_DAYS + 1 - days)
        if is_long < paid:
            unpaid[is_long] += 1
            unpaid[paid] -= 1
        begins = min(max(0, 1 - days), paid)  # one that is settled early counts from then on
        if begins >= count:
            continue
        weight[begins] += minor
        late[begins] += minor * (days + begins)
        if begins < paid:  # a day later with each day, until it is paid
            slope[begins + 1] += minor
            if paid + 1 <= count:
                slope[paid + 1] -= minor
    lates = (one + more for one, more in zip(late, accumulate(slope), strict=True))
    days_by_day = zip(accumulate(weight), accumulate(lates), accumulate(unpaid), strict=True)
    found = [
        max(0, 100 - lateness_points(total / whole) - unpaid_points(long) - lasting) if whole > _NOTHING else None
        for whole, total, long in days_by_day
    ]
    return found[:count]
