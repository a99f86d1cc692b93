"""What acting today is worth: the amount at stake times the change in the chance that it is paid within 30 days.

The chance of today is the stored forecast's, where there is one. Otherwise, and for what a contact changes, the tables
below hold: no law of nature, but the shape that collectors know. Young debt is paid anyway, old debt hardly moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

# Days overdue of the oldest invoice up to and with -> percent paid within 30 days if nobody does anything.
DEFAULT_CHANCE = ((30, 60), (60, 45), (90, 30), (120, 20))
OLDER_CHANCE = 10
# The same days -> percent of those who would not have paid that pay within 30 days once somebody spoke to them.
EFFECT = ((30, 35), (60, 30), (90, 25), (120, 18))
OLDER_EFFECT = 10
MOST_POINTS = 70
_POINTS_PER_TENFOLD, _SMALLEST = 12, 20


@dataclass(frozen=True, slots=True)
class Worth:
    """The chance in percent without and with a contact today, and what the difference is worth."""

    chance: int
    with_contact: int
    gain_minor: int
    is_forecast: bool


def worth(amount_minor: int, oldest_days: int, chance: int | None) -> Worth:
    """Return what a contact today is worth, given the forecast ``chance`` in percent (``None``: there is none)."""
    now = _table(DEFAULT_CHANCE, oldest_days, OLDER_CHANCE) if chance is None else chance
    lift = (100 - now) * _table(EFFECT, oldest_days, OLDER_EFFECT)  # hundredths of a percent
    return Worth(now, now + (lift + 50) // 100, amount_minor * lift // 10_000, chance is not None)


def gain_points(gain_units: int) -> int:
    """Return the points of a gain in whole units: ten times the money is a fixed number of points more."""
    return min(MOST_POINTS, round(_POINTS_PER_TENFOLD * log10(1 + max(0, gain_units) / _SMALLEST)))


def _table(steps: tuple[tuple[int, int], ...], days: int, older: int) -> int:
    return next((value for last, value in steps if days <= last), older)
