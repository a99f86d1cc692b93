"""A report's definition is checked when it is built; its rows are filtered, grouped, summed and put in order."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.definition import Definition, Filter, from_json, shape, with_choices
from ar_cockpit.domain.reports.filters import as_kept
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.domain.reports.sources import SOURCES

ROWS = [
    {"customer": "Beta", "country": "FR", "currency": "EUR", "open": 1_000, "overdue": 10, "oldest_due": None},
    {"customer": "alfa", "country": "DE", "currency": "EUR", "open": 250, "overdue": 0, "oldest_due": date(2026, 1, 2)},
    {
        "customer": "Gamma",
        "country": "FR",
        "currency": "EUR",
        "open": 700,
        "overdue": 5,
        "oldest_due": date(2026, 3, 4),
    },
]
UNITS = {"EUR": 100}


def a_report(**more: object) -> Definition:
    return Definition("balances", ("customer", "currency", "open", "overdue"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", SHIPPED)
def test_every_shipped_report_is_one_and_survives_being_kept(key: str) -> None:
    assert from_json(SHIPPED[key].as_json()) == SHIPPED[key]


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "secrets", "columns": ("open",)},
        {"source": "balances", "columns": ()},
        {"source": "balances", "columns": ("open",), "group": "password"},
        {"source": "balances", "columns": ("open",), "filters": (Filter("open", "; drop", "1"),)},
    ],
)
def test_what_the_source_does_not_have_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Definition(**wrong)  # type: ignore[arg-type]


def test_rows_come_in_order_with_what_is_unknown_last_and_sums_below() -> None:
    told = shape(ROWS, a_report(sort="oldest_due", descending=True), UNITS)
    assert [row["customer"] for row in told.rows] == ["Gamma", "alfa", "Beta"]
    assert told.sums == {"open": 1_950, "overdue": 15, "currency": "EUR"}
    assert [row["customer"] for row in shape(ROWS, a_report(sort="customer"), UNITS).rows] == ["alfa", "Beta", "Gamma"]


def test_a_group_adds_up_each_currency_apart() -> None:
    rows = [*ROWS, {"country": "FR", "currency": "USD", "open": 9, "overdue": 9}]
    told = shape(rows, a_report(group="country", sort="open"), UNITS)
    assert [(row["country"], row["currency"], row["open"]) for row in told.rows] == [
        ("FR", "USD", 9),
        ("DE", "EUR", 250),
        ("FR", "EUR", 1_700),
    ]
    assert "open" not in told.sums
    assert [one.key for one in told.fields] == ["country", "open", "overdue"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(Filter("open", "at_least", "7"), ["Beta", "Gamma"], id="amounts in major units"),
        pytest.param(Filter("country", "is_not", "fr"), ["alfa"], id="text, whatever the case"),
        pytest.param(Filter("customer", "contains", "AM"), ["Gamma"], id="a part of a text"),
        pytest.param(Filter("oldest_due", "at_most", "2026-02-01"), ["alfa"], id="a day"),
        pytest.param(Filter("open", "is", "2.50"), ["alfa"], id="to the cent"),
        pytest.param(Filter("open", "is_not", "10"), ["alfa", "Gamma"], id="another amount"),
        pytest.param(Filter("open", "at_most", "1,000.00"), ["Beta", "alfa", "Gamma"], id="thousands apart"),
        pytest.param(Filter("open", "at_least", "€7"), ["Beta", "Gamma"], id="with its sign"),
        pytest.param(Filter("open", "contains", "2.5"), ["alfa"], id="a part of an amount"),
        pytest.param(Filter("oldest_due", "contains", "2026-01"), ["alfa"], id="a part of a day"),
    ],
)
def test_a_filter_keeps_what_compares(asked: Filter, expected: list[str]) -> None:
    assert [row["customer"] for row in shape(ROWS, a_report(filters=(asked,)), UNITS).rows] == expected


def test_an_amount_is_compared_exactly() -> None:
    rows = [{"currency": one, "open": 110, "overdue": 0} for one in ("EUR", "JPY")]
    asked = a_report(filters=(Filter("open", "is", "1.10"),))
    assert shape(rows, asked, {"EUR": 100, "JPY": 1}).rows == rows[:1]


@pytest.mark.parametrize(
    ("share", "typed", "holds"), [(0.4512, "45.1", True), (0.4512, "45%", True), (0.4512, "45.2", False)]
)
def test_a_share_is_as_exact_as_it_was_typed(share: float, typed: str, holds: bool) -> None:
    asked = Definition("month_ends", ("day", "overdue_share"), filters=(Filter("overdue_share", "is", typed),))
    assert bool(shape([{"overdue_share": share}], asked, UNITS).rows) is holds


@pytest.mark.parametrize(
    "asked",
    [Filter("open", "at_least", "many"), Filter("open", "is", "10,000"), Filter("oldest_due", "is", "31/12/2026")],
)
def test_a_value_that_cannot_be_read_is_refused_and_empties_no_report(asked: Filter) -> None:
    with pytest.raises(InputError):
        shape(ROWS, a_report(filters=(asked,)), UNITS)


def test_what_was_typed_is_kept_so_that_every_reader_reads_the_same() -> None:
    assert as_kept(Filter("open", "is", "10,000"), "balances", "en") == "10000"
    assert as_kept(Filter("open", "is", "1 234,50"), "balances", "fr") == "1234.50"
    assert as_kept(Filter("customer", "is", " Alfa "), "balances", "fr") == "Alfa"


def test_an_address_changes_what_it_names_and_nothing_else() -> None:
    params = {"cols": "open,customer,nonsense", "group": "none", "order": "-open", "where": "open~at_least~5|x~is~1"}
    told = with_choices(a_report(group="country"), params)
    assert told == Definition("balances", ("open", "customer"), "", (Filter("open", "at_least", "5"),), "open", True)
    assert with_choices(a_report(), {}) == a_report()
    assert set(SOURCES) >= {one.source for one in SHIPPED.values()}
