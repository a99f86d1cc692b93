"""A figure's change is its largest contributions and all others together, to the last minor unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.figures.waterfall import Step, of_amounts, of_days, shortened

BALANCES = st.dictionaries(st.integers(1, 40), st.integers(-(10**9), 10**9), max_size=30)


def test_the_largest_come_first_and_the_rest_is_one_line() -> None:
    told = of_amounts({1: 100, 2: 50, 3: 7}, {1: 40, 3: 8, 4: 500}, most=2)
    assert told.steps == (Step(4, 0, 500, 500.0), Step(1, 100, 40, -60.0))
    assert (told.before, told.after, told.others, told.others_count) == (157, 548, -49, 2)


def test_days_are_shared_by_what_balances_changed_after_the_pace_of_sales() -> None:
    told = of_days((40.0, 44.0, 50.0), {1: 100, 2: 100}, {1: 200, 2: 150})
    assert told.pace == 4.0
    assert [(step.customer_id, step.part) for step in told.steps] == [(1, 4.0), (2, 2.0)]


@given(before=BALANCES, after=BALANCES, most=st.integers(0, 12))
def test_contributions_add_up_to_the_change(before: dict[int, int], after: dict[int, int], most: int) -> None:
    told = of_amounts(before, after, most)
    assert told.before + sum(step.part for step in told.steps) + told.others == told.after
    assert told.after == sum(after.values())


@given(before=BALANCES, after=BALANCES, days=st.tuples(*[st.floats(0, 400)] * 3))
def test_so_do_days(before: dict[int, int], after: dict[int, int], days: tuple[float, float, float]) -> None:
    told = of_days(days, before, after)
    parts = (told.pace or 0) + sum(step.part for step in told.steps) + told.others
    assert told.before + parts == pytest.approx(told.after, abs=1e-6)


def test_fewer_steps_leave_the_rest_to_the_others() -> None:
    before, after = dict.fromkeys(range(20), 1_000), {key: 1_000 + 10 * key for key in range(20)}
    every = of_amounts(before, after, most=500)
    assert shortened(every) == of_amounts(before, after)
    assert shortened(every, 500) == every
