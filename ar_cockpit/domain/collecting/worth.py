"""What acting today is worth: the amount at stake times the change in the chance that it is paid within 30 days.

The chance of today is the stored forecast's, where there is one. What a contact changes is as the company's own ledger
showed it: of those who paid in the week after one, some would have paid anyway; by the others the daily rate of payment
is higher in that week. A trial's answer stands before what was only observed. Where nothing of either is known, the
tables below hold: no law of nature, but the shape that collectors know. Young debt comes anyway, old debt hardly moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, log10

# Days overdue of the oldest invoice up to and with -> percent paid within 30 days if nobody does anything.
DEFAULT_CHANCE = ((30, 60), (60, 45), (90, 30), (120, 20))
OLDER_CHANCE = 10
# The same days -> percent of those who would not have paid that pay within 30 days once somebody spoke to them.
EFFECT = ((30, 35), (60, 30), (90, 25), (120, 18))
OLDER_EFFECT = 10
MOST_POINTS = 70
WITHIN = 30  # days of the chances
AFTER = 7  # days after a contact in which a payment may be its doing
CLEARLY = 99  # percent: where so many or more may have paid anyway, nothing was shown
MOSTLY = 75  # percent: where a trial shows that at least so many would have, it shows that a contact changes little
TRIED_UP_TO = 30  # days overdue: a trial leaves out whoever owes anything older, and says nothing of them
_LEAST_UNPAID = 0.001  # of a chance: the rate of what is certain to be paid is not infinite
_POINTS_PER_TENFOLD, _SMALLEST = 12, 20


@dataclass(frozen=True, slots=True)
class Worth:
    """The chance in percent without and with a contact today, and what the difference is worth."""

    chance: int
    with_contact: int
    gain_minor: int
    is_forecast: bool
    anyway: int | None = None  # by which it was worked out: percent who would have paid anyway, as observed


def worth(amount_minor: int, oldest_days: int, chance: int | None, anyway: int | None = None) -> Worth:
    """Return what a contact today is worth, given the forecast ``chance`` in percent (``None``: there is none).

    ``anyway`` is the percentage of those who paid in the week after a contact that would have paid without it, where
    the company's ledger shows it clearly.
    """
    now = _table(DEFAULT_CHANCE, oldest_days, OLDER_CHANCE) if chance is None else chance
    lift = _usual_lift(now, oldest_days) if anyway is None else _observed_lift(now, anyway)
    return Worth(now, now + (lift + 50) // 100, amount_minor * lift // 10_000, chance is not None, anyway)


def shown_anyway(share: tuple[float, float, float] | None) -> int | None:
    """Return in percent who would have paid anyway, ``None`` unless the interval (low, high) shows that not all did."""
    if share is None or share[2] * 100 >= CLEARLY:
        return None
    return max(1, round(share[0] * 100))


def tried_anyway(share: tuple[float, float, float] | None) -> int | None:
    """Return the same of a trial: its answer counts too where it shows that a contact changes little."""
    if share is not None and share[1] * 100 >= MOSTLY:
        return round(share[0] * 100)
    return shown_anyway(share)


def _usual_lift(now: int, oldest_days: int) -> int:
    """Return hundredths of a percent by which a contact raises the chance of ``now`` percent, by the table."""
    return (100 - now) * _table(EFFECT, oldest_days, OLDER_EFFECT)


def _observed_lift(now: int, anyway: int) -> int:
    """Return the same by who would have paid anyway."""
    unpaid = max(_LEAST_UNPAID, 1.0 - now / 100)
    rate = -log(unpaid) / WITHIN
    more = rate * AFTER * (100 / anyway - 1.0)
    return min(100 * (100 - now), round(10_000 * unpaid * (1.0 - exp(-more))))


def gain_points(gain_units: int) -> int:
    """Return the points of a gain in whole units: ten times the money is a fixed number of points more."""
    return min(MOST_POINTS, round(_POINTS_PER_TENFOLD * log10(1 + max(0, gain_units) / _SMALLEST)))


def _table(steps: tuple[tuple[int, int], ...], days: int, older: int) -> int:
    return next((value for last, value in steps if days <= last), older)
