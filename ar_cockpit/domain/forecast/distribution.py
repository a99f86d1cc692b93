"""When each invoice is paid, as a matrix: the chance of being still unpaid after each day from a start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ar_cockpit.domain.forecast.history import Floats, Ints

HORIZON = 180  # days held one by one; beyond them the chance of payment stays what it was lately
TAIL_WINDOW = 28
LEAST_TAIL_RATE = 1.0 / 1000.0
LONGEST = 3650


@dataclass(frozen=True, slots=True)
class Distribution:
    """``unpaid[i, k]``: chance that invoice ``i`` is unpaid at the end of day ``start[i] + k``; 1 at ``k`` = 0."""

    start: Ints
    unpaid: Floats

    def _tail_rate(self) -> Floats:
        window = min(TAIL_WINDOW, self.unpaid.shape[1] - 1)
        last = np.maximum(self.unpaid[:, -1], 1e-12)
        before = np.maximum(self.unpaid[:, -1 - window], 1e-12)
        return np.asarray(np.maximum(np.log(before / last) / window, LEAST_TAIL_RATE))

    def unpaid_after(self, days: Ints) -> Floats:
        """Return the chance of being unpaid ``days`` days after the start (one number for each invoice)."""
        last = self.unpaid.shape[1] - 1
        at = self.unpaid[np.arange(len(days)), np.clip(days, 0, last)]
        return np.asarray(at * np.exp(-self._tail_rate() * np.maximum(days - last, 0)))

    def quantile(self, share: float) -> Ints:
        """Return the first day by whose end the invoice is paid with a chance of ``share``; never before start + 1."""
        last = self.unpaid.shape[1] - 1
        within = (self.unpaid > 1.0 - share + 1e-12).sum(axis=1)
        ahead = np.log(np.maximum(self.unpaid[:, -1], 1e-12) / (1.0 - share)) / self._tail_rate()
        beyond = last + np.ceil(np.clip(ahead, 1, LONGEST)).astype(np.int64)
        return np.asarray(self.start + np.maximum(np.where(within <= last, within, beyond), 1), dtype=np.int64)

    def paid_by(self, day: Ints) -> Floats:
        """Return the chance of being paid by the end of ``day``."""
        return np.asarray(1.0 - self.unpaid_after(day - self.start))

    def paid_on_days(self, days: int) -> Floats:
        """Return the chance of payment on each of the first ``days`` days, one row for each invoice."""
        return np.asarray(-np.diff(self.unpaid[:, : days + 1], axis=1))


def conditioned(unpaid: Floats) -> Floats:
    """Return the chances given that the invoice is unpaid at the start (the first column)."""
    ratio = unpaid / np.maximum(unpaid[:, :1], 1e-12)
    np.clip(ratio, 0.0, 1.0, out=ratio)
    return np.asarray(np.minimum.accumulate(ratio, axis=1, out=ratio))
