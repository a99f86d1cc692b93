"""The cash to come by kind of customers, so that any part of them is a sum of kinds: weeks, and the days within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.cash import WEEK, Sums, by_week, moments
from ar_cockpit.domain.forecast.history import Floats

KindOf = tuple[str, ...]  # what customers are grouped by, each of which may be empty
_MOMENTS = 3


@dataclass(slots=True)
class Parted:
    """Takes the invoices' chances of payment part by part, as the cash is summed, and keeps the sums of each kind."""

    kinds: Mapping[str, KindOf]  # by customer
    nobody: KindOf
    weeks: int
    within: int
    _sums: dict[KindOf, Floats] = field(default_factory=dict)

    def see(self, rows: pd.DataFrame, paid: Floats, amount: Floats) -> None:
        """Take some invoices with ``paid``, their chance of payment on each of at least the days of the weeks."""
        soon = paid[:, : self.within].sum(axis=1, keepdims=True)
        spans = np.column_stack([by_week(paid[:, : self.weeks * WEEK]), soon])
        table = np.stack([amount[:, None] ** power * one for power, one in enumerate(moments(spans), 1)], axis=1)
        codes, names = pd.factorize(rows["customer"])
        own = [self.kinds.get(str(name), self.nobody) for name in names]
        places = {kind: place for place, kind in enumerate(dict.fromkeys(own))}
        grouped = np.zeros((len(places), *table.shape[1:]))
        np.add.at(grouped, np.array([places[kind] for kind in own], dtype=np.int64)[codes], table)
        for kind, place in places.items():
            self._sums[kind] = self._sums.get(kind, 0.0) + grouped[place]

    @property
    def found(self) -> Mapping[KindOf, Floats]:
        """The moments of each kind by span, the days within as the last one."""
        return self._sums


def added(tables: Sequence[Floats], weeks: int) -> tuple[Sums, Sums]:
    """Return the weeks of some kinds together, and their days within."""
    total = sum(tables, np.zeros((_MOMENTS, weeks + 1)))
    return Sums(*(part[:weeks] for part in total)), Sums(*(part[weeks:] for part in total))
