"""A mailed report's times: the days of its rhythm at the local time, what was missed passed over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.rhythm import About, Every, Rhythm, reported_day

PARIS = ZoneInfo("Europe/Paris")
SEVEN = time(7, 0)
FRIDAY_NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "after", "expected"),
    [
        pytest.param(Rhythm(Every.DAY, SEVEN), FRIDAY_NOON, datetime(2026, 11, 28, 6, tzinfo=UTC), id="daily"),
        pytest.param(
            Rhythm(Every.DAY, SEVEN), datetime(2026, 11, 27, 5, 59, tzinfo=UTC), datetime(2026, 11, 27, 6, tzinfo=UTC),
            id="daily, the same day before its time",
        ),
        pytest.param(
            Rhythm(Every.DAY, SEVEN), datetime(2026, 11, 27, 6, tzinfo=UTC), datetime(2026, 11, 28, 6, tzinfo=UTC),
            id="never twice the same instant",
        ),
        pytest.param(Rhythm(Every.WORKDAY, SEVEN), FRIDAY_NOON, datetime(2026, 11, 30, 6, tzinfo=UTC), id="workdays"),
        pytest.param(
            Rhythm(Every.WEEK, SEVEN, weekday=4), FRIDAY_NOON, datetime(2026, 12, 4, 6, tzinfo=UTC), id="weekly"
        ),
        pytest.param(
            Rhythm(Every.MONTH, SEVEN, month_day=31), FRIDAY_NOON, datetime(2026, 11, 30, 6, tzinfo=UTC),
            id="the last day of a month of thirty",
        ),
        pytest.param(
            Rhythm(Every.MONTH, SEVEN, month_day=1), datetime(2026, 6, 30, 12, tzinfo=UTC),
            datetime(2026, 7, 1, 5, tzinfo=UTC), id="monthly, in summer time",
        ),
        pytest.param(
            Rhythm(Every.DAY, time(2, 30)), datetime(2026, 3, 28, 12, tzinfo=UTC),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC), id="a time that the clocks leave out is told once",
        ),
    ],
)  # fmt: skip
def test_the_next_time(rhythm: Rhythm, after: datetime, expected: datetime) -> None:
    assert rhythm.next_after(after, PARIS) == expected


def test_a_day_that_no_week_or_month_has_is_refused() -> None:
    for wrong in ({"weekday": 7}, {"month_day": 0}, {"month_day": 32}):
        with pytest.raises(InputError):
            Rhythm(Every.MONTH, SEVEN, **wrong)


def test_a_report_is_about_its_day_or_the_last_month_that_is_over() -> None:
    assert reported_day(About.DAY, date(2026, 11, 30)) == date(2026, 11, 30)
    assert reported_day(About.MONTH_END, date(2026, 12, 1)) == date(2026, 11, 30)
    assert reported_day(About.MONTH_END, date(2026, 11, 30)) == date(2026, 10, 31)
