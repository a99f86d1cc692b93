"""Customers who pay notably later than they used to, told only as far as chance does not explain it. Pure.

Held against each other are the invoices due lately and those due in the year before. What is unpaid counts with the
days it is late so far: so who stopped paying is found too, and nobody is found for being slow to begin with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.special import stdtr

from ar_cockpit.domain.forecast.history import Flags, Floats, Ints

# Invoices due in these days before the as-of date: the last ones had no time to show whether they come late.
RECENT = (timedelta(days=120), timedelta(days=30))
USUAL = timedelta(days=365)  # before the recent ones
EARLIEST, LATEST = -30, 120  # days late that count: one forgotten invoice is no habit
NOTABLE_DAYS = 5
LEAST_RECENT, LEAST_USUAL = 4, 8  # days of payment: invoices paid on one day are one sign, not many
ERROR_RATE = 0.05  # of the customers told, those whom chance alone put there (Benjamini and Hochberg)
BACK_WITHIN = 2  # days of what was usual: the episode is over
LONGEST = timedelta(days=365)  # of an episode: then it is the habit
_LEAST_SPREAD = 1.0  # days: dates are whole days


@dataclass(frozen=True, slots=True)
class Window:
    """The first and last due date of the invoices that are held against each other."""

    usual_from: date
    recent_from: date
    recent_to: date

    @classmethod
    def of(cls, as_of: date) -> Window:
        """Return the window seen from ``as_of``."""
        first, last = (as_of - back for back in RECENT)
        return cls(first - USUAL, first, last)


@dataclass(frozen=True, slots=True)
class Paid:
    """How late invoices of each customer came: days of payment, mean and variance of the days late."""

    days: Ints
    mean: Floats
    variance: Floats


@dataclass(frozen=True, slots=True)
class Drift:
    """Who pays later, and the chance that such a difference comes of itself, after as many customers were tested."""

    is_found: Flags
    chance: Floats


def paid(count: Ints, total: Floats, squares: Floats, days: Ints) -> Paid:
    """Return how late invoices came from their number, the sums of days late and of their squares, and payment days."""
    mean = total / np.maximum(count, 1)
    variance = np.maximum(squares / np.maximum(count, 1) - mean**2, 0.0) * count / np.maximum(count - 1, 1)
    return Paid(days, mean, np.maximum(variance, _LEAST_SPREAD))


def drifts(usual: Paid, recent: Paid) -> Drift:
    """Return which customers pay notably later: a one-sided t test, on days of payment."""
    enough = (recent.days >= LEAST_RECENT) & (usual.days >= LEAST_USUAL)
    own, other = (one.variance / np.maximum(one.days, 1) for one in (recent, usual))
    # The smaller number of days alone: Welch's own freedom is too bold that far out, and this is looked at every day.
    freedom = np.maximum(np.minimum(recent.days, usual.days) - 1, 1)
    later = recent.mean - usual.mean
    chance = np.where(enough, stdtr(freedom, -later / np.sqrt(own + other)), 1.0)
    adjusted = _adjusted(chance, enough)
    return Drift(enough & (later >= NOTABLE_DAYS) & (adjusted <= ERROR_RATE), adjusted)


def _adjusted(chance: Floats, tested: Flags) -> Floats:
    """Return the chances after the number of tests: the share of false finds if all up to this one are told."""
    out = np.ones(len(chance))
    places = np.flatnonzero(tested)
    if not len(places):
        return out
    order = places[np.argsort(chance[places], kind="stable")]
    share = chance[order] * len(order) / np.arange(1, len(order) + 1)
    out[order] = np.minimum(np.minimum.accumulate(share[::-1])[::-1], 1.0)
    return out
