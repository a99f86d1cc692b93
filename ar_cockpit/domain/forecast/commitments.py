"""What a person already knows about an open invoice: an open promise overrides the habit, a dispute widens it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.distribution import Distribution
from ar_cockpit.domain.forecast.history import FAR, Floats, Ints

PROMISE_KEPT = 0.75  # chance that an open promise is kept
ON_THE_DAY = 0.7  # of the kept ones, paid on the promised day; the others within the grace
DISPUTED_PACE = 0.5  # a disputed invoice's daily chance of payment, beside what it would be


def promised(frame: pd.DataFrame) -> Ints:
    """Return the promised day of each invoice, ``FAR`` without an open promise."""
    return frame["promised"].to_numpy() if "promised" in frame else np.full(len(frame), FAR)


def disputed(frame: pd.DataFrame) -> Ints:
    """Return 1 for each invoice with an open dispute, else 0."""
    return frame["disputed"].to_numpy().astype(np.int64) if "disputed" in frame else np.zeros(len(frame), np.int64)


def with_commitments(base: Distribution, frame: pd.DataFrame) -> Distribution:
    """Return the distribution given the open promises and disputes of the invoices."""
    unpaid = base.unpaid.copy()
    slow = disputed(frame) == 1
    unpaid[slow] **= DISPUTED_PACE
    day = promised(frame)
    first = np.maximum(day - base.start, 1)
    held = (day < FAR) & (first < unpaid.shape[1])
    if held.any():
        last = np.maximum(frame["promise_until"].to_numpy() - base.start, first)
        unpaid[held] *= 1.0 - PROMISE_KEPT
        unpaid[held] += PROMISE_KEPT * _kept(first[held], last[held], unpaid.shape[1])
    return Distribution(base.start, unpaid)


def _kept(first: Ints, last: Ints, width: int) -> Floats:
    """Return the chances to be unpaid if the promise is kept: most pay on the day, the others evenly in the grace."""
    days = np.arange(width)[None, :]
    grace = (last - first)[:, None]
    later = np.where(grace > 0, (1.0 - ON_THE_DAY) * (1.0 - (days - first[:, None]) / np.maximum(grace, 1)), 0.0)
    return np.asarray(np.where(days < first[:, None], 1.0, np.clip(later, 0.0, 1.0)))
