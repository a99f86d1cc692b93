"""Sales summed up once say of any day what summing up its own days says."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.calendar import Period
from ar_cockpit.domain.figures.kpis import sales_by_month
from ar_cockpit.domain.figures.sales import summed_up

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 120).map(lambda days: FIRST + timedelta(days=days))
SOLD = st.lists(st.tuples(DAYS, st.integers(-1000, 1000)), max_size=20).map(sorted)


@given(sold=SOLD, as_of=DAYS)
def test_by_month_up_to_a_day(sold: list[tuple[date, int]], as_of: date) -> None:
    assert summed_up(sold).by_month(as_of) == sales_by_month(sold, as_of)


@given(sold=SOLD, start=DAYS, end=DAYS)
def test_within_a_period(sold: list[tuple[date, int]], start: date, end: date) -> None:
    period = Period(min(start, end), max(start, end))
    assert summed_up(sold).within(period) == sum(minor for day, minor in sold if period.start <= day <= period.end)


def test_nothing_sold() -> None:
    nothing = summed_up([])
    assert (nothing.first_on, nothing.by_month(FIRST), nothing.within(Period(FIRST, FIRST))) == (None, {}, 0)
