"""Cash by day and week from the distributions of single invoices, with a band that past weeks have calibrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from ar_cockpit.domain.forecast.history import Floats

WEEK = 7
INTERVAL = 0.8
_STRAIGHT, _LOPSIDED = 1e-3, 30.0  # skewness under which a sum counts as even, and the most that is reckoned with


@dataclass(frozen=True, slots=True)
class Sums:
    """Expected amount, variance and third central moment of each span (day or week), in the amounts' unit."""

    expected: Floats
    variance: Floats
    third: Floats  # how lopsided a sum is: a few large invoices that come or do not, or many small ones

    def __add__(self, other: Sums) -> Sums:
        """Add the sums of other invoices over the same spans."""
        return Sums(self.expected + other.expected, self.variance + other.variance, self.third + other.third)

    @property
    def parts(self) -> tuple[Floats, Floats, Floats]:
        """The three of them."""
        return self.expected, self.variance, self.third

    def times(self, factor: float) -> Sums:
        """Return the sums in another unit."""
        return Sums(self.expected * factor, self.variance * factor**2, self.third * factor**3)

    def each(self, change: Callable[[Floats], Floats]) -> Sums:
        """Return the sums with other spans, made of each part alike."""
        return Sums(*(change(part) for part in self.parts))


def nothing(spans: int) -> Sums:
    """Return the sums of no invoice."""
    return Sums(np.zeros(spans), np.zeros(spans), np.zeros(spans))


def sums(paid: Floats, amount: Floats) -> Sums:
    """Add up invoices with chance ``paid`` (by invoice and span): each is paid whole, or not."""
    return Sums(*(amount**power @ moment for power, moment in enumerate(moments(paid), 1)))


def moments(paid: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, variance and third central moment of invoices over 1, to be taken times powers of their amounts."""
    spread = paid * (1.0 - paid)
    return paid, spread, spread * (1.0 - 2.0 * paid)


def by_week(paid: Floats) -> Floats:
    """Return the chance of payment in each whole week of the given days."""
    weeks = paid.shape[1] // WEEK
    return np.asarray(paid[:, : weeks * WEEK].reshape(len(paid), weeks, WEEK).sum(axis=2))


def widened(totals: Sums, scale: float, common: float) -> Sums:
    """Return the sums with ``scale`` on what single invoices spread, and ``common`` the share they err by together."""
    together = common * totals.expected
    variance = totals.variance * scale**2 + together**2
    return Sums(totals.expected, variance, totals.third * scale**3 + 2.0 * common * together**3)


def band(totals: Sums, interval: float = INTERVAL) -> tuple[Floats, Floats]:
    """Return low and high of each span: a shifted gamma distribution of its three moments, never below nothing.

    A sum of few invoices is lopsided, and often nothing comes at all: a distribution that is always above zero would
    call such a week a surprise, and a normal one would be too wide and dip below.
    """
    expected, variance = np.maximum(totals.expected, 0.0), np.maximum(totals.variance, 0.0)
    deviation = np.sqrt(variance)
    skewness = totals.third / np.maximum(deviation**3, 1e-12)
    leaning = np.clip(np.abs(skewness), _STRAIGHT, _LOPSIDED)
    low, high = (
        expected + deviation * np.where(skewness < 0, -_lopsided(1.0 - share, leaning), _lopsided(share, leaning))
        for share in ((1.0 - interval) / 2, (1.0 + interval) / 2)
    )
    return np.clip(low, 0.0, expected), np.maximum(high, expected)


def _lopsided(share: float, skewness: Floats) -> Floats:
    """Return the quantile of a gamma distribution of this skewness, moved to mean 0 and scaled to variance 1."""
    shape = 4.0 / skewness**2
    return np.asarray((gammaincinv(shape, share) - shape) / np.sqrt(shape))
