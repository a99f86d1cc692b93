"""A promise is kept when the allocations of its window cover it, else broken the day after the grace."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ar_cockpit.domain.collecting.promises import Promise, PromiseState, covers, kept_share, outcome, received
from ar_cockpit.domain.figures.receivables import Allocation

MADE, FOR = date(2026, 3, 2), date(2026, 3, 10)


def a_promise(*paid: tuple[date, int], cancelled_on: date | None = None) -> Promise:
    return Promise(MADE, FOR, 3, 1000, cancelled_on, tuple(Allocation(day, minor) for day, minor in paid))


@pytest.mark.parametrize(
    ("paid", "as_of", "expected", "decided_on"),
    [
        pytest.param([], date(2026, 3, 13), PromiseState.OPEN, None, id="last day of the grace: still open"),
        pytest.param([], date(2026, 3, 14), PromiseState.BROKEN, date(2026, 3, 14), id="the day after: broken"),
        pytest.param([(MADE, 1000)], MADE, PromiseState.KEPT, MADE, id="paid on the day it was made"),
        pytest.param(
            [(date(2026, 3, 5), 400), (date(2026, 3, 13), 600)],
            date(2026, 5, 1),
            PromiseState.KEPT,
            date(2026, 3, 13),
            id="covered in two parts within the grace",
        ),
        pytest.param(
            [(date(2026, 3, 9), 999)], date(2026, 3, 14), PromiseState.BROKEN, date(2026, 3, 14), id="a cent short"
        ),
        pytest.param(
            [(date(2026, 3, 14), 1000)], date(2026, 4, 1), PromiseState.BROKEN, date(2026, 3, 14), id="too late"
        ),
        pytest.param(
            [(date(2026, 3, 1), 1000)], date(2026, 3, 14), PromiseState.BROKEN, date(2026, 3, 14), id="paid before"
        ),
        pytest.param(
            [(date(2026, 3, 12), 1000)], date(2026, 3, 11), PromiseState.OPEN, None, id="the future is not known"
        ),
    ],
)
def test_what_became_of_a_promise(
    paid: list[tuple[date, int]], as_of: date, expected: PromiseState, decided_on: date | None
) -> None:
    found = outcome(a_promise(*paid), as_of)
    assert found is not None
    assert (found.state, found.decided_on) == (expected, decided_on)


def test_a_promise_does_not_exist_before_it_was_made_nor_after_it_was_undone() -> None:
    assert outcome(a_promise(), MADE - timedelta(days=1)) is None
    assert outcome(a_promise(cancelled_on=MADE), FOR) is None


def test_a_promise_taken_back_is_cancelled_unless_it_was_kept_before() -> None:
    taken_back = a_promise((date(2026, 3, 9), 1000), cancelled_on=date(2026, 3, 6))
    kept_first = a_promise((date(2026, 3, 4), 1000), cancelled_on=date(2026, 3, 6))
    assert [outcome(one, FOR).state for one in (taken_back, kept_first)] == [PromiseState.CANCELLED, PromiseState.KEPT]  # type: ignore[union-attr]  # both exist on that day


def test_a_payment_that_came_back_unkeeps_a_promise() -> None:
    bounced = a_promise((date(2026, 3, 5), 1000), (date(2026, 3, 8), -1000))
    assert received(bounced, FOR) == 0
    assert outcome(bounced, FOR) == outcome(a_promise(), FOR)


def test_the_kept_share_counts_decided_promises_only() -> None:
    promises = [a_promise((MADE, 1000)), a_promise(), a_promise(cancelled_on=date(2026, 3, 3))]
    assert kept_share(outcome(one, date(2026, 4, 1)) for one in promises) == (1, 2)
    assert kept_share(outcome(one, MADE) for one in promises) == (1, 1)


@pytest.mark.parametrize(
    ("paid", "opened", "expected"),
    [
        pytest.param([], [1000], [True], id="the whole invoice"),
        pytest.param([], [1100], [True], id="a round amount, or one less a discount"),
        pytest.param([], [50_000], [False], id="a token says nothing of the invoice"),
        pytest.param([], [700, 400, 500], [True, True, False], id="the oldest as far as it goes"),
        pytest.param([(date(2026, 3, 5), 700)], [400, 500], [True, False], id="what came is gone"),
    ],
)
def test_a_promise_of_a_part_is_about_the_oldest_invoices(
    paid: list[tuple[date, int]], opened: list[int], expected: list[bool]
) -> None:
    assert covers([a_promise(*paid)], opened, date(2026, 3, 6)) == expected
