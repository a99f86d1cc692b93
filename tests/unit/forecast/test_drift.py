"""Who pays later than before: found when it is notable and not chance, from enough days of payment."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ar_cockpit.domain.forecast.drift import Paid, Window, drifts, paid


def some(days: int, mean: float, spread: float = 4.0) -> Paid:
    return Paid(np.array([days]), np.array([mean]), np.array([spread**2]))


@pytest.mark.parametrize(
    ("usual", "recent", "expected"),
    [
        pytest.param(some(30, 5), some(10, 14), True, id="nine days later, ten payments"),
        pytest.param(some(30, 5), some(10, 9), False, id="four days are not notable"),
        pytest.param(some(30, 5), some(3, 14), False, id="three days of payment are no habit"),
        pytest.param(some(7, 5), some(10, 14), False, id="nor are seven of before"),
        pytest.param(some(30, 5, 25), some(5, 14, 25), False, id="within what it does anyway"),
        pytest.param(some(30, 14), some(10, 5), False, id="who pays sooner is not told"),
    ],
)
def test_a_drift_is_notable_and_not_chance(usual: Paid, recent: Paid, *, expected: bool) -> None:
    assert drifts(usual, recent).is_found.tolist() == [expected]


def test_of_many_customers_who_changed_nothing_hardly_one_is_told() -> None:
    random = np.random.default_rng(7)
    told = 0
    for _ in range(20):
        usual, recent = random.normal(10, 8, (500, 30)), random.normal(10, 8, (500, 6))
        found = drifts(_of(usual), _of(recent))
        told += int(found.is_found.sum())
    assert told <= 2


def test_those_who_changed_are_found_among_them() -> None:
    random = np.random.default_rng(8)
    usual, recent = random.normal(10, 8, (500, 30)), random.normal(10, 8, (500, 8))
    recent[:50] += 20
    found = drifts(_of(usual), _of(recent)).is_found
    assert found[:50].sum() >= 45
    assert found[50:].sum() <= 5


def test_mean_and_variance_come_from_sums() -> None:
    late = np.array([3.0, 5.0, 10.0])
    told = paid(np.array([3]), np.array([late.sum()]), np.array([(late**2).sum()]), np.array([2]))
    assert (told.mean[0], told.variance[0]) == pytest.approx((late.mean(), late.var(ddof=1)))


def test_the_window_leaves_out_what_had_no_time_to_come_late() -> None:
    window = Window.of(date(2026, 11, 27))
    assert (window.usual_from, window.recent_from, window.recent_to) == (
        date(2025, 7, 30),
        date(2026, 7, 30),
        date(2026, 10, 28),
    )


def _of(late: np.ndarray) -> Paid:
    return Paid(np.full(len(late), late.shape[1]), late.mean(axis=1), late.var(axis=1, ddof=1))
