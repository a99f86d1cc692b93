"""How a customer pays: the average days late of now and of a year ago, weighted by amount."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.figures.habits import Habit, PaidInYear


@pytest.mark.parametrize(
    ("now", "before", "trend"),
    [
        pytest.param(PaidInYear(3400, 100), PaidInYear(2100, 100), "slower", id="34 days, 21 a year ago"),
        pytest.param(PaidInYear(400, 100), PaidInYear(1900, 100), "faster", id="4 days, 19 a year ago"),
        pytest.param(PaidInYear(1100, 100), PaidInYear(900, 100), "steady", id="about the same"),
        pytest.param(PaidInYear(1100, 100), PaidInYear(), "", id="nothing to compare with"),
    ],
)
def test_the_trend(now: PaidInYear, before: PaidInYear, trend: str) -> None:
    assert Habit(now, before).trend == trend


def test_days_late_round_half_even_and_are_unknown_without_payments() -> None:
    assert [PaidInYear(25, 10).days_late, PaidInYear(35, 10).days_late, PaidInYear().days_late] == [2, 4, None]


def test_five_punctual_invoices_make_a_punctual_customer() -> None:
    assert Habit(settled=5, settled_late=0).is_always_punctual
    assert not Habit(settled=5, settled_late=1).is_always_punctual
    assert not Habit(settled=4, settled_late=0).is_always_punctual
