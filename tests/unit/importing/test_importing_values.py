"""Cells become exact values; what could be read in two ways is decided for the whole column."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from ar_cockpit.importing.records import Reason
from ar_cockpit.importing.values.amounts import COMMA, POINT, AmountReader, mark_evidence, shape_of
from ar_cockpit.importing.values.dates import DateOrder, order_evidence, read_date
from ar_cockpit.importing.values.texts import read_currencies, read_flags, read_integers, without_control


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        pytest.param("1234.50", POINT, "1234.50", id="plain"),
        pytest.param("1,234.50", POINT, "1234.50", id="comma groups"),
        pytest.param("1.234.567,89", COMMA, "1234567.89", id="points group"),
        pytest.param("1 234,50", COMMA, "1234.50", id="blank groups"),
        pytest.param("1\u00a0234,50", COMMA, "1234.50", id="no-break blank groups"),
        pytest.param("1\u202f234,50", COMMA, "1234.50", id="narrow no-break blank groups"),
        pytest.param("1'234.50", POINT, "1234.50", id="apostrophe groups"),
        pytest.param("1’234.50", POINT, "1234.50", id="curly apostrophe groups"),
        pytest.param("1.234", COMMA, "1234", id="three digits after the grouping mark"),
        pytest.param("-12.30", POINT, "-12.30", id="minus before"),
        pytest.param("12.30-", POINT, "-12.30", id="minus behind"),
        pytest.param("\u221212.30", POINT, "-12.30", id="typographic minus"),
        pytest.param("(12.30)", POINT, "-12.30", id="brackets"),
        pytest.param("+7", POINT, "7", id="plus"),
        pytest.param(".5", POINT, "0.5", id="nothing before the mark"),
        pytest.param("1000000000000", POINT, "1000000000000", id="as much as there may be"),
        pytest.param("2309.7899999999995", POINT, "2309.7899999999995", id="a float as written"),
    ],
)
def test_amounts_are_read_exactly(text: str, mark: str, expected: str) -> None:
    assert AmountReader(mark).read(text) == Decimal(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("n/a", "1.284,5O", "NaN", "inf", "-Infinity", "1e5", "=1+1", "12,50", "1,23,456.00", "1 23", "--5", "(-5)"),
        *("1000000000000.01", "9" * 60, "\u0663", "1_000", "€ 5"),
    ],
)
def test_what_is_no_amount_has_a_reason(text: str) -> None:
    assert isinstance(AmountReader(POINT).read(text), Reason)


def test_an_empty_cell_is_no_amount_and_no_fault() -> None:
    assert AmountReader(POINT).read("") is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(["1.234", "12,50"], COMMA, id="one value proves the comma"),
        pytest.param(["1,234", "12.50"], POINT, id="one value proves the point"),
        pytest.param(["1.234,5"], COMMA, id="both marks in one value"),
        pytest.param(["1.234.567"], COMMA, id="a mark that occurs twice groups"),
        pytest.param(["1234.567"], POINT, id="four digits cannot be a group"),
        pytest.param(["12,5", "13,5", "12.5"], COMMA, id="the majority"),
        pytest.param(["1.234", "100"], None, id="nothing proves it"),
        pytest.param(["12.5", "12,5"], None, id="as many for either"),
    ],
)
def test_the_decimal_mark_is_decided_for_the_column(values: list[str], expected: str | None) -> None:
    shapes: dict[str, int] = {}
    for value in values:
        shapes[shape_of(value)] = shapes.get(shape_of(value), 0) + 1
    assert mark_evidence(shapes).decided == expected


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-03-01", DateOrder.MONTH_FIRST, date(2026, 3, 1)),
        ("2026/3/1", DateOrder.DAY_FIRST, date(2026, 3, 1)),
        ("20260301", DateOrder.DAY_FIRST, date(2026, 3, 1)),
        ("2026-03-01T00:00:00Z", DateOrder.DAY_FIRST, date(2026, 3, 1)),
        ("01/03/2026", DateOrder.DAY_FIRST, date(2026, 3, 1)),
        ("3/1/2026", DateOrder.MONTH_FIRST, date(2026, 3, 1)),
        ("1.3.2026", DateOrder.DAY_FIRST, date(2026, 3, 1)),
        ("01-03-2026 12:30", DateOrder.DAY_FIRST, date(2026, 3, 1)),
    ],
)
def test_dates_are_read_in_the_usual_forms(text: str, order: DateOrder, expected: date) -> None:
    assert read_date(text, order) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31/11/2026", "November 2026 has 30 days (the column is read as dd/mm/yyyy)"),
        ("2026-13-04", "There is no month 13"),
        ("2025-02-29", "February 2025 has 28 days"),
        ("01/02/26", "The year needs four digits"),
        ("9999-12-31", "The year 9999 is not between 1950 and 2149"),
        ("tomorrow", "Not a date"),
        ("45123", "Not a date"),
        ("2026-03-0\u0661", "Not a date"),
    ],
)
def test_what_is_no_date_says_why(text: str, reason: str) -> None:
    assert read_date(text, DateOrder.DAY_FIRST) == Reason(reason)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["01/02/2026", "13/02/2026"], DateOrder.DAY_FIRST),
        (["01/02/2026", "02/13/2026"], DateOrder.MONTH_FIRST),
        (["01/02/2026"], None),
        (["13/02/2026", "02/13/2026"], None),
        (["2026-02-13"], None),
    ],
)
def test_day_and_month_are_told_apart_by_the_whole_column(values: list[str], expected: DateOrder | None) -> None:
    assert order_evidence(values).decided == expected


def test_flags_are_words_or_digits() -> None:
    assert read_flags(["1", "0", "Yes", "no", ""]) == [True, False, True, False, False]
    assert isinstance(read_flags(["perhaps"])[0], Reason)


def test_currencies_are_known_codes() -> None:
    assert read_currencies(["eur", ""]) == ["EUR", ""]
    assert all(isinstance(value, Reason) for value in read_currencies(["EURO", "€", "EUT", "E U"]))


def test_whole_numbers_may_be_written_as_floats() -> None:
    assert read_integers(["30", "30.0", ""]) == [30, 30, None]
    assert all(isinstance(value, Reason) for value in read_integers(["3.5", "thirty", "9" * 10]))


def test_control_characters_become_one_blank() -> None:
    assert without_control("ACME\r\n Ltd\x00 & \x0bSons") == "ACME Ltd & Sons"
