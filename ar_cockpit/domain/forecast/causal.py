"""What reminding at once changes, by chance alone: the share paid in time of both arms of a hold-out, compared. Pure.

Customers were drawn and not invoices, so invoices of one customer are alike: the variance is that of a ratio of sums
over customers (Cochran 1977, 6.4). Everybody counts in the arm chance chose, whatever became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

LEAST_CUSTOMERS = 30  # in each arm, followed for the whole time
WITHIN = 30  # days in which a payment is waited for, beside the days of the delay itself
_NORMAL_95 = 1.959964


class Arm(NamedTuple):
    """Sums over the customers of one arm: of their invoices, of those paid in time, of squares, of products."""

    customers: int
    invoices: int
    paid: int
    invoices_squared: int
    paid_squared: int
    products: int

    @property
    def share(self) -> float:
        """The share paid in time."""
        return self.paid / self.invoices

    @property
    def variance(self) -> float:
        """The variance of the share, with customers drawn whole."""
        share = self.share
        spread = self.paid_squared - 2 * share * self.products + share**2 * self.invoices_squared
        return max(0.0, spread) * self.customers / max(1, self.customers - 1) / self.invoices**2


NOBODY = Arm(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    """What reminding at once adds to the share paid within some days; without ``gain`` there is too little yet."""

    within: int
    at_once: Arm
    held: Arm
    gain: float | None = None  # share at once less share held back
    low: float = 0.0  # 95 % interval
    high: float = 0.0

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out "no difference"."""
        return self.gain is not None and (self.low > 0.0 or self.high < 0.0)


def difference(within: int, at_once: Arm, held: Arm) -> Difference:
    """Return the difference of both arms, or the arms alone while either is too small."""
    if min(at_once.customers, held.customers) < LEAST_CUSTOMERS:
        return Difference(within, at_once, held)
    gain = at_once.share - held.share
    # Where nobody differs the formula says 0: one payment more or less is the least that is not known.
    least = 1.0 / min(at_once.customers, held.customers) ** 2
    width = _NORMAL_95 * sqrt(max(at_once.variance + held.variance, least))
    return Difference(within, at_once, held, gain, max(-1.0, gain - width), min(1.0, gain + width))
