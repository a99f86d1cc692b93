"""What if: the same weeks of cash under another supposition about terms, one customer, or everybody's pace. Pure."""

from __future__ import annotations

import numpy as np

from ar_cockpit.domain.forecast.cash import WEEK, Sums
from ar_cockpit.domain.forecast.driving import WEEKS_AHEAD, Weeks
from ar_cockpit.domain.forecast.history import Floats
from ar_cockpit.domain.forecast.supposition import Supposition


def supposed(weeks: Weeks, asked: Supposition, failing: Weeks | None = None) -> Sums:
    """Return the thirteen weeks under a supposition; ``failing`` are the weeks of the customer that fails."""
    left = weeks.without(failing) if failing is not None else weeks
    everybody = WEEK if asked.a_week_later else 0
    moved = moved_by(left.bound, everybody) + moved_by(left.free, everybody + asked.terms_days)
    return moved.each(lambda spans: spans[:WEEKS_AHEAD])


def moved_by(totals: Sums, days: int) -> Sums:
    """Return weekly sums with every payment ``days`` later; what would be paid before the first week is in it.

    Within a week payments count as evenly spread: whole weeks are exact, other days share two weeks between them.
    """
    whole, rest = divmod(days, WEEK)
    share = rest / WEEK
    return totals.each(lambda weeks: _moved(weeks, whole, share))


def _moved(weeks: Floats, whole: int, share: float) -> Floats:
    if not share:
        return _by_weeks(weeks, whole)
    return (1.0 - share) * _by_weeks(weeks, whole) + share * _by_weeks(weeks, whole + 1)


def _by_weeks(weeks: Floats, by: int) -> Floats:
    out = np.zeros_like(weeks)
    if by >= 0:
        out[by:] = weeks[: max(len(weeks) - by, 0)]
        return out
    out[:by] = weeks[-by:]
    out[0] += weeks[:-by].sum()
    return out
