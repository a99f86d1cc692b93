"""Cash of spans: sums of chances times amounts, and bands that hold them and never go below nothing."""

from __future__ import annotations

import numpy as np
import pytest

from ar_cockpit.domain.forecast.cash import Sums, band, by_week, nothing, sums, widened


def test_a_span_expects_each_amount_by_its_chance() -> None:
    paid = np.array([[0.5, 0.25], [1.0, 0.0]])
    totals = sums(paid, np.array([100.0, 40.0]))
    assert totals.expected.tolist() == [90.0, 25.0]
    assert totals.variance.tolist() == pytest.approx([2500.0, 1875.0])
    assert totals.third.tolist() == pytest.approx([0.0, 100**3 * 0.25 * 0.75 * 0.5])


def test_a_week_is_seven_days_and_a_started_one_is_left_out() -> None:
    assert by_week(np.full((1, 16), 0.01)).tolist() == [pytest.approx([0.07, 0.07])]


def test_a_sure_sum_has_no_width() -> None:
    low, high = band(sums(np.array([[1.0]]), np.array([500.0])))
    assert (low[0], high[0]) == pytest.approx((500.0, 500.0), rel=1e-4)


def test_nothing_expected_is_nothing() -> None:
    low, high = band(nothing(1))
    assert (low[0], high[0]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("interval", "unequal"),
    [
        pytest.param(0.5, 0.3, id="half, invoices alike"),
        pytest.param(0.8, 0.3, id="four in five, invoices alike"),
        pytest.param(0.8, 1.2, id="four in five, some invoices ten times others"),
    ],
)
@pytest.mark.parametrize("likely", [0.6, 0.95])
def test_a_band_holds_its_share_of_what_comes(interval: float, unequal: float, likely: float) -> None:
    random = np.random.default_rng(5)
    amount, chance = np.exp(random.normal(5, unequal, 60)), random.uniform(0.05, likely, 60)
    low, high = band(sums(chance[:, None], amount), interval)
    came = (random.random((4000, 60)) < chance) @ amount
    assert np.mean((came >= low[0]) & (came <= high[0])) == pytest.approx(interval, abs=0.03)


def test_a_lopsided_band_holds_its_expectation_and_stays_above_nothing() -> None:
    low, high = band(sums(np.array([[0.02]]), np.array([1000.0])))
    assert 0.0 <= low[0] <= 20.0 <= high[0]


def test_a_week_in_which_often_nothing_comes_begins_at_nothing() -> None:
    low, high = band(sums(np.array([[0.3], [0.2], [0.2]]), np.array([1000.0, 400.0, 400.0])))  # nothing: 45 in 100
    assert low[0] == 0.0
    assert high[0] >= 1000.0


def test_what_is_nearly_sure_leans_down_and_what_is_unlikely_leans_up() -> None:
    sure, unlikely = (band(sums(np.full((6, 1), chance), np.full(6, 100.0))) for chance in (0.9, 0.1))
    assert 540.0 - sure[0][0] > sure[1][0] - 540.0
    assert unlikely[1][0] - 60.0 > 60.0 - unlikely[0][0]


def test_a_band_is_the_same_in_any_unit_of_money() -> None:
    totals = widened(sums(np.array([[0.3], [0.6]]), np.array([100.0, 700.0])), 1.2, 0.1)
    low, high = band(totals)
    low_too, high_too = band(totals.times(0.01))
    assert (low_too[0], high_too[0]) == pytest.approx((low[0] / 100, high[0] / 100))


def test_a_wider_past_makes_a_wider_band() -> None:
    totals = Sums(np.array([1000.0]), np.array([90_000.0]), np.array([5_000_000.0]))
    narrow, wide = (band(widened(totals, scale, 0.0)) for scale in (1.0, 1.5))
    assert wide[0][0] < narrow[0][0] < narrow[1][0] < wide[1][0]
