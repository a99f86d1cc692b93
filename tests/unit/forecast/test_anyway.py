"""Who would pay anyway, by a hold-out and an observation together: each counts as far as it is sure."""

from __future__ import annotations

import numpy as np
import pytest

from ar_cockpit.domain.forecast.anyway import Share, paid_anyway
from ar_cockpit.domain.forecast.causal import Arm, Difference, difference


def singles(customers: int, paid: int) -> Arm:
    """Return an arm of customers with one invoice each, of which so many paid in time."""
    return Arm(customers, customers, paid, customers, paid, paid)


def a_trial(at_once: tuple[int, int], held: tuple[int, int], within: int = 3) -> Difference:
    """Return what a trial of so many customers, of whom so many paid, shows within ``within`` days."""
    return difference(within, singles(*at_once), singles(*held))


def test_without_a_trial_that_says_enough_there_is_nothing_to_add() -> None:
    assert paid_anyway(None, (0.8, 0.7, 0.9)) is None
    assert paid_anyway(a_trial((500, 100), (29, 5)), (0.8, 0.7, 0.9)) is None


def test_alone_a_trial_says_the_ratio_of_the_daily_rates() -> None:
    share, low, high = paid_anyway(a_trial((20_000, 5_000), (20_000, 2_500)), None) or (0, 0, 0)
    assert share == pytest.approx(np.log(1 - 0.125) / np.log(1 - 0.25), abs=0.005)
    assert low < share < high
    assert high - low < 0.06


def test_of_a_longer_delay_only_the_week_after_the_reminder_is_faster() -> None:
    # Two per cent a day, and four in the seven days after a reminder: half of those who pay then would have anyway.
    left, asked = 1 - 0.98**14, 1 - 0.96**7 * 0.98**7
    count = 100_000
    found = paid_anyway(a_trial((count, round(count * asked)), (count, round(count * left)), within=14), None)
    assert found is not None
    assert found[0] == pytest.approx(0.5, abs=0.02)


def test_a_small_trial_stays_near_the_observation_and_a_large_one_does_not() -> None:
    observed: Share = (0.9, 0.8, 1.0)
    shares = [
        (paid_anyway(a_trial((size, size // 2), (size, size // 4)), observed) or (0,))[0]
        for size in (40, 400, 4_000, 40_000)
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0.6
    assert shares[-1] == pytest.approx(np.log(0.75) / np.log(0.5), abs=0.01)


def test_an_observation_is_never_surer_than_its_doubt() -> None:
    certain = paid_anyway(a_trial((4_000, 2_000), (4_000, 1_000)), (0.9, 0.9, 0.9))
    assert certain is not None
    assert certain[0] < 0.5  # the trial says 0.42, and thousands of customers outweigh a narrow observation


@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(a_trial((40, 0), (40, 0)), id="nobody paid"),
        pytest.param(a_trial((40, 40), (40, 40)), id="everybody paid"),
        pytest.param(a_trial((40, 40), (40, 0)), id="the reminded only"),
        pytest.param(a_trial((40, 0), (40, 40)), id="those left alone only"),
    ],
)
@pytest.mark.parametrize("observed", [None, (0.8, 0.7, 0.9), (1.0, 1.0, 1.0), (0.0, 0.0, 0.1)])
def test_it_is_a_share_with_its_interval_whatever_came(trial: Difference, observed: Share | None) -> None:
    share, low, high = paid_anyway(trial, observed) or (-1, -1, -1)
    assert 0 < low <= share <= high <= 1


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    random = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        counts = [(size, int(random.binomial(size, share))) for size, share in ((900, 0.30), (300, 0.20))]
        _, low, high = paid_anyway(a_trial(*counts), None) or (0, 0, 0)
        covered += low <= np.log(0.8) / np.log(0.7) <= high
    assert covered / 400 == pytest.approx(0.95, abs=0.035)
