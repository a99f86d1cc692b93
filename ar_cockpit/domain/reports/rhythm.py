"""When a report is mailed, and the day it is about. Pure: the instant and the time zone are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ar_cockpit.domain.calendar import month_end, month_start
from ar_cockpit.domain.errors import InputError

_SATURDAY = 5
_LONGEST_WAIT = 32  # days: no month is longer


class Every(StrEnum):
    """On which days a report is mailed."""

    DAY = "day"
    WORKDAY = "workday"  # Monday to Friday
    WEEK = "week"
    MONTH = "month"


class About(StrEnum):
    """Which day's figures a report holds."""

    DAY = "day"  # the day on which it is made
    MONTH_END = "month_end"  # the last month that is over


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The days and the local time; ``weekday`` 0 is Monday, a ``month_day`` beyond a month's end means its last day."""

    every: Every
    at: time
    weekday: int = 0
    month_day: int = 1

    def __post_init__(self) -> None:
        """Refuse a day that no week or month has."""
        if not (0 <= self.weekday <= 6 and 1 <= self.month_day <= 31):
            raise InputError("There is no such day.", "Choose a day of the week, or one of the month from 1 to 31.")

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Return the first time after ``instant``, in UTC; times that were missed are passed over."""
        first = instant.astimezone(zone).date()
        for days in range(_LONGEST_WAIT + 1):
            day = first + timedelta(days=days)
            at = datetime.combine(day, self.at, zone).astimezone(UTC)
            if self.is_on(day) and at > instant:
                return at
        raise AssertionError("every rhythm comes round within a month")

    def is_on(self, day: date) -> bool:
        """Return whether a report is mailed on ``day``."""
        match self.every:
            case Every.DAY:
                return True
            case Every.WORKDAY:
                return day.weekday() < _SATURDAY
            case Every.WEEK:
                return day.weekday() == self.weekday
            case Every.MONTH:
                return day.day == min(self.month_day, month_end(day).day)


def reported_day(about: About, on: date) -> date:
    """Return the day whose figures a report made on ``on`` holds."""
    return month_start(on) - timedelta(days=1) if about is About.MONTH_END else on
