"""Which days are frozen, which months with them, and why a document differs from what was reported."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ar_cockpit.domain.figures.kpis import count_back
from ar_cockpit.domain.figures.snapshots import Cause, DocumentThen, cause, days_to_freeze, months_kept

TODAY = date(2026, 11, 19)
DUE = date(2026, 10, 31)


def test_at_first_a_year_of_month_ends_and_yesterday_are_frozen() -> None:
    days = days_to_freeze(None, TODAY)
    assert (len(days), days[0], days[-2:]) == (13, date(2025, 11, 30), [date(2026, 10, 31), date(2026, 11, 18)])


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        pytest.param(TODAY - timedelta(days=1), [], id="yesterday is frozen"),
        pytest.param(TODAY - timedelta(days=3), [date(2026, 11, 17), date(2026, 11, 18)], id="two nights missed"),
        pytest.param(
            date(2026, 8, 30),
            [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 18)],
            id="a long silence: month ends and yesterday",
        ),
    ],
)
def test_missed_days_are_made_good(last: date, expected: list[date]) -> None:
    assert days_to_freeze(last, TODAY) == expected


def test_the_months_kept_tell_the_same_count_back() -> None:
    sales = {date(year, month, 1): 1000 * month for year in range(2020, 2027) for month in range(1, 13)}
    first = date(2020, 1, 5)
    for owed, months in ((15_500, 36), (300_000, 47)):
        kept = months_kept(sales, owed, TODAY)
        assert len(kept) == months
        assert count_back(owed, kept, TODAY, first) == count_back(owed, sales, TODAY, first)


@pytest.mark.parametrize(
    ("then", "now", "expected"),
    [
        pytest.param(None, (DUE, 900, 900), Cause.ADDED, id="came later"),
        pytest.param((DUE, 900, 900), None, Cause.REMOVED, id="gone"),
        pytest.param((DUE, 900, 900), (DUE, 900, 0), Cause.SETTLED, id="paid, told later"),
        pytest.param((DUE, 900, 100), (DUE, 900, 900), Cause.REOPENED, id="a payment came back"),
        pytest.param(None, (DUE, 900, 300), Cause.REOPENED, id="settled then, open now"),
        pytest.param((DUE, 900, 900), (DUE, 800, 800), Cause.AMOUNT, id="amount corrected"),
        pytest.param((DUE, 900, 900), (TODAY, 900, 900), Cause.DUE, id="due date corrected"),
    ],
)
def test_a_difference_has_a_cause(
    then: tuple[date, int, int] | None, now: tuple[date, int, int] | None, expected: Cause
) -> None:
    before, after = (None if one is None else DocumentThen(*one) for one in (then, now))
    assert cause(before, after, is_new=expected is Cause.ADDED) is expected
