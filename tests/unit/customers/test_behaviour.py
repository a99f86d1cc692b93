"""How the days late are spread, and whether a customer pays at month ends."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.charts.days_late import LateBar, days_late_chart
from ar_cockpit.domain.customers.behaviour import (
    BANDS,
    Distribution,
    band_of,
    is_month_end,
    month_end_share,
    pays_at_month_end,
)


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-40, "early"),
        (-1, "early"),
        (0, "on_time"),
        (1, "1-7"),
        (7, "1-7"),
        (8, "8-15"),
        (60, "31-60"),
        (61, "over_60"),
    ],
)
def test_the_bands_leave_no_gap(days: int, band: str) -> None:
    assert band_of(days).key == band


def test_a_distribution_counts_the_punctual_and_the_very_late() -> None:
    found = Distribution.of({"early": 2, "on_time": 3, "1-7": 4, "31-60": 1, "over_60": 2})
    assert (found.total, found.punctual, found.very_late) == (12, 5, 3)
    assert len(found.counts) == len(BANDS)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 2, 24), True), (date(2026, 2, 23), False), (date(2026, 1, 31), True), (date(2026, 1, 26), False)],
)
def test_the_last_five_days_of_a_month_are_its_end(day: date, expected: bool) -> None:
    assert is_month_end(day) is expected


def test_too_few_invoices_say_nothing_about_a_habit() -> None:
    assert month_end_share([(date(2026, 1, 30), 7)]) is None
    assert not pays_at_month_end(None)


def test_half_of_the_invoices_at_month_ends_are_a_habit() -> None:
    share = month_end_share([(date(2026, 1, 30), 4), (date(2026, 2, 10), 4)])
    assert share == 0.5
    assert pays_at_month_end(share)


def test_the_chart_has_a_bar_for_each_band_and_keeps_its_colours_in_the_theme() -> None:
    bars = [LateBar("On time", 3, "On time: 3 invoices", True), LateBar("1–7 d", 2, "1–7 d: 2 invoices", False)]
    told = days_late_chart(bars).to_dict()
    assert len(told["layer"]) == 3
    assert "#" not in str(told["layer"])
