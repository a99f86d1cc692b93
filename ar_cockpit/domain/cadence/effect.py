"""How much faster invoices are paid after a reminder, as the ledger's own history shows it, if it shows anything.

Compared are invoices of the same age: the daily rate of settlement in the week after a reminder against that of
invoice-days without one, each day overdue by itself (the rate ratio of Mantel and Haenszel, its variance by Greenland
and Robins 1985).
The ratio is drawn towards 1 as far as the evidence is thin, and is called not known unless four fifths of its
distribution are clearly above. It is an observation, not a trial: who is reminded may differ in other ways, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log, sqrt
from typing import NamedTuple

WINDOW = 7  # days after a reminder in which a payment may be its doing
LAST_DAY = 90  # overdue: older ones are few, and rarely wait for a reminder
LEAST_PAYMENTS = 30  # in each of the two
_USUAL_SPREAD = 0.25  # of the logarithm of such ratios, before anything is seen: most lie between 0.7 and 1.4
_EIGHTY = 1.2816  # standard deviations on either side of an interval of 80 %


class Life(NamedTuple):
    """An invoice from its due date on: the day it was settled, or the last one seen, in days overdue."""

    invoice_id: int
    end: int
    is_settled: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """The ratio of daily payment rates after a reminder and without one, its 80 % interval, and what it rests on."""

    ratio: float
    low: float
    high: float
    payments_after: int
    payments_otherwise: int


def effect_of(lives: Iterable[Life], reminders: Mapping[int, list[int]]) -> Effect | None:
    """Return the effect of reminders, or ``None`` when it is not known; ``reminders`` are days overdue by invoice."""
    begins, exposed_begins = [0] * (LAST_DAY + 2), [0] * (LAST_DAY + 2)
    after, otherwise = [0] * (LAST_DAY + 2), [0] * (LAST_DAY + 2)
    for life in lives:
        last = min(life.end, LAST_DAY)
        begins[1] += 1
        begins[last + 1] -= 1
        is_after = False
        for start, end in _windows(reminders.get(life.invoice_id, ()), last):
            exposed_begins[start] += 1
            exposed_begins[end + 1] -= 1
            is_after = is_after or start <= life.end <= end
        if life.is_settled and life.end <= LAST_DAY:
            (after if is_after else otherwise)[life.end] += 1
    whole, exposed = list(accumulate(begins)), list(accumulate(exposed_begins))
    plain = [all_of_them - some for all_of_them, some in zip(whole, exposed, strict=True)]
    return _ratio(list(zip(after, otherwise, exposed, plain, strict=True)))


def _windows(days: Sequence[int], last: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last day of each stretch that follows reminders, none of them twice."""
    seen = 0
    for day in sorted(days):
        start, end = max(day + 1, seen + 1), min(day + WINDOW, last)
        if start <= end:
            yield start, end
            seen = end


def _ratio(days: list[tuple[int, int, int, int]]) -> Effect | None:
    used = [one for one in days if one[2] and one[3]]
    payments_after, payments_otherwise = sum(one[0] for one in used), sum(one[1] for one in used)
    if min(payments_after, payments_otherwise) < LEAST_PAYMENTS:
        return None
    up = sum(a * t0 / (t1 + t0) for a, _, t1, t0 in used)
    down = sum(b * t1 / (t1 + t0) for _, b, t1, t0 in used)
    variance = sum((a + b) * t1 * t0 / (t1 + t0) ** 2 for a, b, t1, t0 in used) / (up * down)
    prior = _USUAL_SPREAD**2
    centre = log(up / down) * prior / (prior + variance)
    spread = sqrt(prior * variance / (prior + variance))
    low, high = centre - _EIGHTY * spread, centre + _EIGHTY * spread
    return Effect(exp(centre), exp(low), exp(high), payments_after, payments_otherwise) if low > 0 else None


def cash_moved(open_minor: int, paid_30: float, days: int, more_days: int, ratio: float) -> float:
    """Return the cash expected within ``days`` more than before, if ``more_days`` of them follow a reminder.

    The forecast's own rate of payment (from its chance within 30 days) knows today's reminders; each day that newly
    follows one has ``ratio`` times that rate, each that no longer does loses as much.
    """
    rate = -log(max(1e-9, 1.0 - min(paid_30, 1.0))) / 30
    before = rate * days
    after = max(0.0, before + rate * (ratio - 1.0) * more_days)
    return open_minor * (exp(-before) - exp(-after))
