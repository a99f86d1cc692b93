"""Cash by day and week from the distributions of single invoices, with a band that past weeks have calibrated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from ar_cockpit.domain.forecast.history import Floats

WEEK = 7
INTERVAL = 0.8


@dataclass(frozen=True, slots=True)
class Sums:
    """Expected amount and variance of each span (day or week), in the amounts' unit."""

    expected: Floats
    variance: Floats

    def __add__(self, other: Sums) -> Sums:
        """Add the sums of other invoices over the same spans."""
        return Sums(self.expected + other.expected, self.variance + other.variance)


def sums(paid: Floats, amount: Floats) -> Sums:
    """Return the sums over invoices of ``paid`` (chance by invoice and span): each is paid whole, or not."""
    return Sums(amount @ paid, (amount**2) @ (paid * (1.0 - paid)))


def by_week(paid: Floats) -> Floats:
    """Return the chance of payment in each whole week of the given days."""
    weeks = paid.shape[1] // WEEK
    return np.asarray(paid[:, : weeks * WEEK].reshape(len(paid), weeks, WEEK).sum(axis=2))


def widened(totals: Sums, scale: float, common: float) -> Sums:
    """Return the sums with ``scale`` on what single invoices spread, and ``common`` the share they err by together."""
    return Sums(totals.expected, totals.variance * scale**2 + (common * totals.expected) ** 2)


def band(totals: Sums, interval: float = INTERVAL) -> tuple[Floats, Floats]:
    """Return low and high of each span: a gamma distribution of its mean and variance.

    Amounts are never negative and few invoices make a lopsided sum: a normal band would be too wide and dip below 0.
    """
    expected = np.maximum(totals.expected, 0.0)
    variance = np.maximum(totals.variance, 1e-12)
    shape = np.maximum(expected**2 / variance, 1e-6)
    unit = np.where(expected > 0, variance / np.maximum(expected, 1e-12), 0.0)
    low = gammaincinv(shape, (1.0 - interval) / 2) * unit
    high = gammaincinv(shape, (1.0 + interval) / 2) * unit
    return np.minimum(low, expected), np.maximum(high, expected)
