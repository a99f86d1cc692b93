"""Conversion at the published rate of the day: exact, rounded once, and never guessed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from ar_cockpit.domain.calendar import reporting_period
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.consolidated import consolidated, figure_errors
from ar_cockpit.domain.figures.consolidation import (
    Conversion,
    MissingRate,
    Rate,
    apportion,
    conversion,
    rate_on,
)
from ar_cockpit.domain.figures.kpis import Totals, kpis
from tests.published import History

FRIDAY = date(2026, 10, 30)
SUNDAY = FRIDAY + timedelta(days=2)
MONTHS_OLD = 60
HISTORY = History(
    {
        date(2026, 10, 1): {"GBP": "0.84", "USD": "1.10", "JPY": "170", "RUB": "90"},
        date(2026, 10, 29): {"GBP": "0.83578", "USD": "1.113", "JPY": "175.92"},
        FRIDAY: {"GBP": "0.8", "USD": "1.25", "JPY": "160"},
    }
)


def rate(source: str, target: str, on: date = FRIDAY) -> Rate | MissingRate:
    return rate_on(HISTORY, source, target, on, MONTHS_OLD)


def rates(into: str, *currencies: str) -> Conversion:
    return conversion(HISTORY, currencies, into, FRIDAY, MONTHS_OLD)


@pytest.mark.parametrize(
    ("source", "target", "exact"),
    [
        pytest.param("GBP", "EUR", Fraction(5, 4), id="into euros: one over the published rate"),
        pytest.param("EUR", "GBP", Fraction(4, 5), id="out of euros: the published rate"),
        pytest.param("GBP", "USD", Fraction(25, 16), id="between two others: through the euro"),
    ],
)
def test_a_rate_is_exact(source: str, target: str, exact: Fraction) -> None:
    found = rate(source, target)
    assert isinstance(found, Rate)
    assert found.exact == exact


def test_a_rate_is_told_with_six_figures() -> None:
    found = rate("USD", "GBP", date(2026, 10, 29))
    assert isinstance(found, Rate)
    assert found.told == Decimal("0.750925")


def test_on_a_sunday_the_rate_is_that_of_friday() -> None:
    found = rate("GBP", "EUR", SUNDAY)
    assert isinstance(found, Rate)
    assert found.published_on == FRIDAY


def test_a_currency_no_longer_published_has_no_rate_a_week_later() -> None:
    last = rate("RUB", "EUR", date(2026, 10, 8))
    assert isinstance(last, Rate)
    assert last.published_on == date(2026, 10, 1)
    assert rate("RUB", "EUR", date(2026, 10, 29)) == MissingRate("RUB", date(2026, 10, 29))


def test_a_history_is_followed_by_its_last_day_for_a_while_and_then_by_nothing() -> None:
    assert isinstance(rate("GBP", "EUR", FRIDAY + timedelta(days=MONTHS_OLD)), Rate)
    late = FRIDAY + timedelta(days=MONTHS_OLD + 1)
    assert rate("GBP", "EUR", late) == MissingRate("GBP", late, FRIDAY)
    assert rate("EUR", "GBP", late) == MissingRate("GBP", late, FRIDAY)


def test_before_the_history_there_is_no_rate() -> None:
    assert rate("GBP", "EUR", date(2026, 9, 30)) == MissingRate("GBP", date(2026, 9, 30))


def test_the_currency_that_lacks_the_rate_is_named_even_if_it_is_the_target() -> None:
    assert rate("GBP", "XAF") == MissingRate("XAF", FRIDAY)


@pytest.mark.parametrize(
    ("sums", "into", "minor"),
    [
        pytest.param({"EUR": 10_000, "GBP": 4_000}, "EUR", 15_000, id="100.00 EUR and 40.00 GBP at 1.25"),
        pytest.param({"JPY": 16_000}, "EUR", 10_000, id="yen have no cents: 16000 JPY are 100.00 EUR"),
        pytest.param({"EUR": 10_000}, "JPY", 16_000, id="and 100.00 EUR are 16000 JPY"),
        pytest.param({"GBP": 2}, "EUR", 2, id="half a cent goes to the even one: 2.5 to 2"),
        pytest.param({"GBP": 6}, "EUR", 8, id="half a cent goes to the even one: 7.5 to 8"),
        pytest.param({"GBP": -2}, "EUR", -2, id="below zero too"),
        pytest.param({"GBP": 2, "USD": 2}, "EUR", 4, id="rounded once: 2.5 and 1.6 are 4.1"),
        pytest.param({"XAF": 0, "EUR": 5}, "EUR", 5, id="a sum of zero needs no rate"),
        pytest.param({"XAF": 1, "EUR": 5}, "EUR", None, id="without a rate there is no figure"),
        pytest.param({}, "EUR", 0, id="nothing is zero"),
    ],
)
def test_sums_become_one(sums: dict[str, int], into: str, minor: int | None) -> None:
    assert rates(into, *sums).total(sums) == minor


def test_parts_are_rounded_so_that_they_add_up() -> None:
    thirds = {"a": Fraction(1, 3), "b": Fraction(1, 3), "c": Fraction(1, 3), "whole": Fraction(7)}
    assert apportion(8, thirds) == {"a": 1, "b": 0, "c": 0, "whole": 7}


def test_a_part_without_a_rate_leaves_the_others_alone() -> None:
    found = rates("EUR", "GBP", "XAF").shares(None, {"known": {"GBP": 4}, "unknown": {"XAF": 4}})
    assert found == {"known": 5, "unknown": None}


def totals(as_of: date, **more: object) -> Totals:
    nothing: dict[str, object] = {
        "receivables": 0,
        "receivables_at_start": 0,
        "credit_sales": 0,
        "ageing": dict.fromkeys(BUCKET_KEYS, 0),
        "sales_by_month": {},
        "first_document_on": as_of,
    }
    return Totals(period=reporting_period(as_of), **(nothing | more))  # type: ignore[arg-type]


def test_a_missing_rate_takes_only_the_figures_that_need_it() -> None:
    owed = dict.fromkeys(BUCKET_KEYS, 0) | {"1-30": 900}
    parts = {
        "EUR": totals(FRIDAY, receivables=900, ageing=owed, credit_sales=1_000),
        "XAF": totals(FRIDAY, credit_sales=1_000),
    }
    conversion_of_friday = rates("EUR", *parts)
    told = kpis(consolidated(parts, conversion_of_friday, reporting_period(FRIDAY)))
    assert (told.totals.receivables, told.totals.overdue, told.overdue_share) == (900, 900, 1.0)
    assert (told.totals.credit_sales, told.dso, told.add, told.cei, told.turnover, told.day_of_dso) == (None,) * 6
    assert {error.figure for error in figure_errors(parts, conversion_of_friday)} == {
        *("credit_sales", "dso", "best_possible_dso", "add", "cei", "turnover")
    }
    assert {error.missing for error in figure_errors(parts, conversion_of_friday)} == {MissingRate("XAF", FRIDAY)}


def test_a_reason_says_which_currency_and_which_day() -> None:
    assert MissingRate("XAF", FRIDAY).sentence == "XAF has no rate on 2026-10-30."
    assert "the rates end on 2026-01-02" in MissingRate("GBP", FRIDAY, date(2026, 1, 2)).sentence
