"""Which invoices the ladder cannot tell apart: days, and histories, between the same marks of a cadence stand alike.

What stands here is what :func:`~ar_cockpit.domain.cadence.ladder.rung` and the telling of steps look at, and nothing of
what they make of it. A rule of the ladder that looks at more has to be named here; ``tests/property/test_likeness.py``
says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ar_cockpit.domain.cadence.columns import Histories, Ints, kinds, numbered
from ar_cockpit.domain.policy.model import Cadence


def alike(cadence: Cadence, days: Ints, which: Ints, histories: Histories, bits: Mapping[str, int]) -> Ints:
    """Return a number of each invoice, the same for those that stand alike.

    ``days`` since the due date, and ``which`` of the ``histories`` is an invoice's, counted from 1.
    """
    told = [step.offset - step.tell_sales_days for step in cadence.steps]
    day = _between([*cadence.offsets, *told, 1], days)
    before = np.zeros(len(days), np.int64)
    if len(places := np.flatnonzero(which)):
        before[places] = 1 + _before(cadence, days[places], histories.placed(which[places] - 1), bits)
    return kinds(day, before)[0]


def _before(cadence: Cadence, days: Ints, histories: Histories, bits: Mapping[str, int]) -> Ints:
    keys, first_offset, last_offset, since_first, since_last, firmness = histories.columns
    own = sum({bits.get(step.key, 0) for step in cadence.steps})
    waits = [cadence.spacing_days, *(cadence.spacing_days - step.tell_sales_days for step in cadence.steps)]
    kind, _ = kinds(
        keys & own,  # in front: it is as wide as numbers get
        _between(cadence.offsets, first_offset),
        _between(cadence.offsets, last_offset),
        _between(cadence.offsets, days - since_first),
        _between(waits, since_last),
        firmness,
    )
    return kind


def _between(marks: Iterable[int], values: Ints) -> Ints:
    """Return between which marks each value lies; on a mark it lies beyond it."""
    return np.searchsorted(numbered(sorted(set(marks))), values, side="right").astype(np.int64)
