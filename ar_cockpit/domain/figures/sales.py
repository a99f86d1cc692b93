"""Sales by day, asked about many days: summed up once. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from ar_cockpit.domain.calendar import Period, month_start
from ar_cockpit.domain.figures.kpis import sales_by_month


@dataclass(frozen=True, slots=True)
class Sales:
    """The days with documents, in order, and the sales before each of them and after the last."""

    days: Sequence[date]
    before: Sequence[int]
    months: Mapping[date, int]

    @property
    def first_on(self) -> date | None:
        """The first day with a document."""
        return self.days[0] if self.days else None

    def within(self, period: Period) -> int:
        """Return the sales of a period."""
        return self.before[bisect_right(self.days, period.end)] - self.before[bisect_left(self.days, period.start)]

    def by_month(self, as_of: date) -> dict[date, int]:
        """Return what :func:`sales_by_month` does."""
        month = month_start(as_of)
        begin, end = bisect_left(self.days, month), bisect_right(self.days, as_of)
        told = {first: minor for first, minor in self.months.items() if first < month}
        return told | {month: self.before[end] - self.before[begin]} if end > begin else told


def summed_up(sold: Iterable[tuple[date, int]]) -> Sales:
    """Return the sales of days in order, of which some may be told several times."""
    rows = list(sold)
    before = list(accumulate((minor for _, minor in rows), initial=0))
    return Sales([day for day, _ in rows], before, sales_by_month(rows, rows[-1][0]) if rows else {})
