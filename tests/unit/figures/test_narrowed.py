"""Columns of whole numbers take as few bytes as their greatest needs, and come back as they were."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.db.narrowed import Narrow, narrowed
from ar_cockpit.db.queries.figures.packed import summed

NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=8)


@given(st.one_of(NUMBERS, st.lists(st.integers(-3, 300), max_size=8)), st.integers(-(2**40), 2**40))
def test_what_is_narrowed_comes_back(values: list[int], limit: int) -> None:
    column = np.array(values, np.int64)
    told = Narrow(narrowed([column, np.full_like(column, 7)]), ("first", "same"))
    assert told.column("first").tolist() == values
    assert told.column("same").tolist() == [7] * len(values)
    assert told.after("first", limit).tolist() == [one > limit for one in values]
    assert told.column("first", told.after("first", limit)).tolist() == [one for one in values if one > limit]


def test_a_column_of_days_takes_two_bytes_and_one_of_the_same_value_none() -> None:
    days = np.arange(20_000, 21_000)
    assert len(narrowed([days])) < 2 * len(days) + 20
    assert len(narrowed([np.zeros(1_000, np.int64)])) < 20


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-(10**17), 10**17)), max_size=20))
def test_sums_by_place_are_exact_beyond_what_a_float_can_say(parts: list[tuple[int, int]]) -> None:
    places, minor = (np.array([part[place] for part in parts], np.int64) for place in (0, 1))
    expected = [sum(amount for at, amount in parts if at == place) for place in range(4)]
    assert summed(places, minor, 4).tolist() == expected
