"""Dates as arguments: month ends and the reporting period."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

OPEN_END = date(9999, 12, 31)  # `closed_on` of whatever is still open
MONTHS_IN_PERIOD = 3


@lru_cache(maxsize=8192)  # a ledger has few days, and its sales of each are put under a month at every look
def month_start(day: date) -> date:
    """Return the first day of ``day``'s month."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Return the last day of ``day``'s month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def months_before(day: date, months: int) -> date:
    """Return the same day ``months`` earlier, clipped to the length of that month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from ``start`` to ``end``, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """The number of days, both ends counted."""
        return (self.end - self.start).days + 1

    @property
    def day_before(self) -> date:
        """The close of the day before the period, where its opening balance stands."""
        return self.start - timedelta(days=1)


def reporting_period(end: date) -> Period:
    """Return the default period P: three whole months to a month end, else three months to the day."""
    if end == month_end(end):
        return Period(month_start(months_before(month_start(end), MONTHS_IN_PERIOD - 1)), end)
    return Period(months_before(end, MONTHS_IN_PERIOD) + timedelta(days=1), end)
