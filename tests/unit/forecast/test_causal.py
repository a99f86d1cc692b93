"""The difference of a hold-out's arms: customers are drawn, the interval knows it, and too little is said to be so."""

from __future__ import annotations

import numpy as np
import pytest

from ar_cockpit.domain.forecast.causal import Arm, difference


def arm(customers: list[tuple[int, int]]) -> Arm:
    """Return the sums of an arm from each customer's (invoices, paid)."""
    return Arm(
        len(customers),
        sum(m for m, _ in customers),
        sum(y for _, y in customers),
        sum(m * m for m, _ in customers),
        sum(y * y for _, y in customers),
        sum(m * y for m, y in customers),
    )


def test_of_single_invoices_it_is_the_difference_of_two_shares() -> None:
    found = difference(7, arm([(1, 1)] * 60 + [(1, 0)] * 40), arm([(1, 1)] * 45 + [(1, 0)] * 55))
    assert found.gain == pytest.approx(0.15)
    width = 1.959964 * (0.6 * 0.4 / 99 + 0.45 * 0.55 / 99) ** 0.5
    assert (found.low, found.high) == (pytest.approx(0.15 - width), pytest.approx(0.15 + width))
    assert found.is_clear


def test_customers_whose_invoices_are_alike_count_once() -> None:
    single = difference(7, arm([(1, 1)] * 60 + [(1, 0)] * 40), arm([(1, 1)] * 45 + [(1, 0)] * 55))
    tenfold = difference(7, arm([(10, 10)] * 60 + [(10, 0)] * 40), arm([(10, 10)] * 45 + [(10, 0)] * 55))
    assert (tenfold.gain, tenfold.low) == (pytest.approx(single.gain), pytest.approx(single.low))


def test_with_few_customers_nothing_is_said() -> None:
    found = difference(7, arm([(5, 5)] * 400), arm([(5, 0)] * 29))
    assert (found.gain, found.is_clear) == (None, False)
    assert difference(7, Arm(0, 0, 0, 0, 0, 0), Arm(0, 0, 0, 0, 0, 0)).gain is None


def test_where_all_pay_the_interval_is_no_point() -> None:
    found = difference(7, arm([(1, 1)] * 40), arm([(2, 2)] * 40))
    assert found.gain == 0.0
    assert found.low < 0.0 < found.high
    assert not found.is_clear


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(8)

    def drawn(count: int, chance: float) -> Arm:
        own = random.beta(8 * chance, 8 * (1 - chance), count)  # customers differ
        sizes = random.integers(1, 6, count)
        return arm([(int(m), int(random.binomial(m, p))) for m, p in zip(sizes, own, strict=True)])

    found = [difference(7, drawn(150, 0.6), drawn(60, 0.5)) for _ in range(400)]
    covered = sum(one.low <= 0.1 <= one.high for one in found) / len(found)
    assert covered == pytest.approx(0.95, abs=0.035)
