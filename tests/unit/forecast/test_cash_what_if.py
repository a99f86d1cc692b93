"""What drives the cash, and what would come instead: sums by customer add up, and moves lose nothing unawares."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ar_cockpit.domain.forecast.cash import Sums
from ar_cockpit.domain.forecast.driving import DAYS_KNOWN, WEEKS_AHEAD, WEEKS_KNOWN, Kind, Watch, Weeks, kinds_of
from ar_cockpit.domain.forecast.history import FAR
from ar_cockpit.domain.forecast.supposing import moved_by, supposed
from ar_cockpit.domain.forecast.supposition import LEAST_TERMS, MOST_TERMS, Supposition, supposition

TODAY = 1000


def some_weeks(*expected: float) -> Sums:
    values = np.zeros(WEEKS_KNOWN)
    values[: len(expected)] = expected
    return Sums(values, values**2, values**3)


def a_frame(**more: object) -> pd.DataFrame:
    plain = {"customer": ["A", "B", "A"], "due": [TODAY + 5, TODAY - 5, TODAY], "promised": [FAR, FAR, FAR]}
    return pd.DataFrame(plain | {"disputed": [False] * 3, "by_plan": [False] * 3} | more)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param({}, ["not_due", "overdue", "overdue"], id="due today is late tomorrow, when the forecast begins"),
        pytest.param({"disputed": [True, True, False]}, ["dispute", "dispute", "overdue"], id="disputed"),
        pytest.param({"promised": [TODAY + 3, FAR, FAR]}, ["promise", "overdue", "overdue"], id="promised"),
        pytest.param(
            {"promised": [TODAY + 3] * 3, "by_plan": [True, False, False], "disputed": [True] * 3},
            ["plan", "promise", "promise"],
            id="a date that was agreed goes before all",
        ),
    ],
)
def test_every_open_invoice_is_of_one_kind(more: dict[str, object], expected: list[str]) -> None:
    assert list(kinds_of(a_frame(**more), TODAY)) == expected


def test_customers_and_kinds_add_up_to_the_weeks_however_the_invoices_come() -> None:
    random = np.random.default_rng(3)
    paid, amount = random.uniform(0, 1 / DAYS_KNOWN, (3, DAYS_KNOWN)), np.array([100.0, 50.0, 10.0])
    whole, parts = Watch(TODAY), Watch(TODAY)
    whole.see(a_frame(), paid, amount)
    for row in (2, 0, 1):
        parts.see(a_frame().iloc[[row]], paid[[row]], amount[[row]])
    one, other = whole.driving(), parts.driving()
    assert one is not None
    assert other is not None
    assert one.weeks.total.expected == pytest.approx(other.weeks.total.expected)
    assert sum(driver.weeks.total.expected for driver in one.customers) == pytest.approx(one.weeks.total.expected)
    assert sum(kind.expected for kind in one.kinds.values()) == pytest.approx(one.cumulated.expected[-1])
    assert [(driver.customer, driver.open, driver.overdue) for driver in one.customers] == [
        ("A", 110.0, 10.0),
        ("B", 50.0, 50.0),
    ]
    assert (one.overdue, one.kinds[Kind.OVERDUE].count) == (60.0, 2)


def test_nothing_seen_drives_nothing() -> None:
    assert Watch(TODAY).driving() is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(0, [70, 0, 14], id="as it is"),
        pytest.param(7, [0, 70, 0, 14], id="a week later"),
        pytest.param(3, [40, 30, 8, 6], id="three days share two weeks between them"),
        pytest.param(-7, [70, 14, 0], id="a week earlier: nothing comes before the first week"),
        pytest.param(-10, [76, 8, 0], id="ten days earlier"),
    ],
)
def test_payments_move(days: int, expected: list[float]) -> None:
    moved = moved_by(some_weeks(70, 0, 14), days).expected
    assert moved[: len(expected)] == pytest.approx(expected)
    assert moved.sum() == pytest.approx(84)


def test_terms_move_only_what_is_not_due_and_agreed_to_no_date() -> None:
    weeks = Weeks(some_weeks(10, 10), some_weeks(5, 5))
    assert supposed(weeks, Supposition(terms_days=7)).expected[:3] == pytest.approx([10, 15, 5])
    assert supposed(weeks, Supposition(a_week_later=True)).expected[:3] == pytest.approx([0, 15, 15])
    assert supposed(weeks, Supposition(terms_days=7, a_week_later=True)).expected[:4] == pytest.approx([0, 10, 15, 5])


def test_a_failing_customer_takes_its_own_weeks_with_it_and_no_more() -> None:
    weeks, failing = Weeks(some_weeks(10, 10), some_weeks(5, 5)), Weeks(some_weeks(10), some_weeks(0, 5))
    left = supposed(weeks, Supposition(failing="A/1"), failing)
    assert left.expected[:2] == pytest.approx([5, 10])
    assert (left.variance >= 0).all()


def test_what_shorter_terms_bring_into_the_thirteen_weeks_is_known() -> None:
    assert WEEKS_AHEAD * 7 - LEAST_TERMS <= DAYS_KNOWN
    last = Weeks(some_weeks(), some_weeks(*[0] * (WEEKS_KNOWN - 5), 9))
    assert supposed(last, Supposition(terms_days=LEAST_TERMS)).expected.sum() == pytest.approx(9, rel=0.6)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, Supposition()),
        ({"terms": "15", "failing": "FR/K1", "later": "week"}, Supposition(15, "FR/K1", True)),
        ({"terms": "soon", "later": "yes"}, Supposition()),
        ({"terms": "999"}, Supposition(MOST_TERMS)),
        ({"terms": "-999999999999"}, Supposition()),
    ],
)
def test_an_address_says_what_is_supposed(params: dict[str, str], expected: Supposition) -> None:
    assert supposition(params) == expected
    assert bool(supposition({})) is False
