"""A report's definition is checked when it is built; its rows are filtered, grouped, summed and put in order."""

from __future__ import annotations

from datetime import date

import pytest

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.definition import Definition, Filter, from_json, shape, with_choices
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
        pytest.param(Filter("open", "at_least", "many"), [], id="no number"),
    ],
)
def test_a_filter_keeps_what_compares(asked: Filter, expected: list[str]) -> None:
    assert [row["customer"] for row in shape(ROWS, a_report(filters=(asked,)), UNITS).rows] == expected


def test_an_address_changes_what_it_names_and_nothing_else() -> None:
    params = {"cols": "open,customer,nonsense", "group": "none", "order": "-open", "where": "open~at_least~5|x~is~1"}
    told = with_choices(a_report(group="country"), params)
    assert told == Definition("balances", ("open", "customer"), "", (Filter("open", "at_least", "5"),), "open", True)
    assert with_choices(a_report(), {}) == a_report()
    assert set(SOURCES) >= {one.source for one in SHIPPED.values()}
