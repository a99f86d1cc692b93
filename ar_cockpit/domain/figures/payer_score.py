"""The payer score: 0 to 100 from a customer's own behaviour, as 100 less what each part of it takes.

| Part | Takes |
|---|---|
| lateness | 2 for each day late on average, weighted by amount, of what was due in the year or is overdue now |
| trend | 1 for each day beyond 4 that what was due in the last quarter came slower than before it, 10 at most |
| unpaid | 2 for each invoice now more than 30 days overdue, 10 at most |
| promises | 5 for each promise broken in the year, 15 at most |
| disputes | 3 for each dispute of the year that proved unjustified, 9 at most |

What is not paid counts with the days it is late by now. A customer with nothing due in the year and nothing overdue has
no score. **Paying later never raises it**: an invoice counts by the day it was due, whenever it is paid, so that no
payment moves one in or out; and the trend takes less where less than half of the amounts were due before the last
quarter, so that being slower then never takes off more than it adds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from ar_cockpit.domain.reasons import Reason

POINTS_A_DAY = 2
USUAL_DAYS = 4
UNPAID_AFTER_DAYS = 30
SOONER_DAYS = 5
YEAR, QUARTER = timedelta(days=365), timedelta(days=91)
_WHOLE = 100
_MOST = {"trend": 10, "unpaid": 10, "promises": 15, "disputes": 9}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a score is made of; days are averages weighted by amount, lately is what was due in the last quarter."""

    days_late: float
    days_late_lately: float | None = None
    days_late_before: float | None = None  # of what was due in the year, before the last quarter
    late_lately: int = 0  # invoices settled late in the last quarter
    unpaid: int = 0
    share_before: float = 1.0  # of the amounts, due before the last quarter
    broken_promises: int = 0
    unjustified_disputes: int = 0


@dataclass(frozen=True, slots=True)
class Paid:
    """An invoice as the score sees it; ``settled_on`` is ``None`` while it is open."""

    due_on: date
    amount_minor: int
    settled_on: date | None = None


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
        return max(0, _WHOLE - sum(self.parts.values()))

    @property
    def parts(self) -> dict[str, int]:
        """The points taken, by part."""
        return asdict(self)


def payer_score(behaviour: Behaviour) -> PayerScore:
    """Return the score of a customer that behaves like this."""
    taken = {
        "unpaid": 2 * behaviour.unpaid,
        "promises": 5 * behaviour.broken_promises,
        "disputes": 3 * behaviour.unjustified_disputes,
    }
    # Rounded once for both: each by itself could lose a point where the sum has gained one.
    slower = _trend(behaviour)
    both = round(min(_WHOLE, POINTS_A_DAY * max(0.0, behaviour.days_late)) + slower)
    trend = min(both, math.floor(slower))
    return PayerScore(both - trend, trend, **{part: min(_MOST[part], points) for part, points in taken.items()})


def behaviour_of(invoices: Iterable[Paid], on: date) -> Behaviour | None:
    """Return how a customer with these invoices pays on a day, or ``None``: what the database sums, in plain words."""
    chosen = []
    for one in invoices:
        is_open = one.settled_on is None or one.settled_on > on
        late = ((on if is_open or one.settled_on is None else one.settled_on) - one.due_on).days
        if on - YEAR < one.due_on <= on or (is_open and one.due_on < on):
            chosen.append((one, late, is_open))
    if not chosen:
        return None
    lately = [(one, late) for one, late, _ in chosen if one.due_on > on - QUARTER]
    before = [(one, late) for one, late, _ in chosen if one.due_on <= on - QUARTER]
    whole = sum(one.amount_minor for one, _, _ in chosen)
    return Behaviour(
        days_late=_average([(one, late) for one, late, _ in chosen]) or 0.0,
        days_late_lately=_average(lately),
        days_late_before=_average(before),
        unpaid=sum(is_open and late > UNPAID_AFTER_DAYS for _, late, is_open in chosen),
        share_before=sum(one.amount_minor for one, _ in before) / whole,
    )


def what_would_raise(behaviour: Behaviour) -> list[Reason]:
    """Return what the customer could do for its score, with the points each would bring, the most first."""
    now = payer_score(behaviour).total
    ways = []
    if behaviour.unpaid:
        ways.append((replace(behaviour, unpaid=0), "pay_overdue", {"count": behaviour.unpaid}))
    if behaviour.days_late > 0:
        less = min(float(SOONER_DAYS), behaviour.days_late)
        lately = behaviour.days_late_lately
        sooner = replace(
            behaviour,
            days_late=behaviour.days_late - less,
            days_late_lately=None if lately is None else lately - less,
        )
        ways.append((sooner, "pay_sooner", {"count": SOONER_DAYS}))
    if behaviour.broken_promises:
        kept = replace(behaviour, broken_promises=behaviour.broken_promises - 1)
        ways.append((kept, "keep_promises", {"count": behaviour.broken_promises}))
    found = [Reason(code, dict(facts), payer_score(after).total - now) for after, code, facts in ways]
    return sorted((one for one in found if one.points > 0), key=lambda one: -one.points)


def _trend(behaviour: Behaviour) -> float:
    lately, before = behaviour.days_late_lately, behaviour.days_late_before
    if lately is None or before is None:
        return 0.0
    slower = max(0.0, lately) - max(0.0, before) - USUAL_DAYS
    return min(float(_MOST["trend"]), max(0.0, slower) * min(1.0, POINTS_A_DAY * behaviour.share_before))


def _average(some: list[tuple[Paid, int]]) -> float | None:
    whole = sum(one.amount_minor for one, _ in some)
    return sum(one.amount_minor * late for one, late in some) / whole if whole else None


def worst_change(before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """Return the part that takes most more than before, or nothing when none does."""
    grown = {part: points - before.get(part, 0) for part, points in after.items()}
    part = max(grown, key=lambda key: grown[key], default="")
    return part if part and grown[part] > 0 else ""
