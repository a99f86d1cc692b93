"""How a customer pays: the average days late of now and of a year ago, weighted by amount."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from ar_cockpit.domain.figures.habits import Habit, PaidInYear, slower_since


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


class _Month(NamedTuple):
    month: str
    late_weighted: int
    weight: int


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        pytest.param([3, 4, 12, 15, 14], date(2026, 8, 1), id="since the third month"),
        pytest.param([3, 4, 4, 4, 14], None, id="one month is no change yet"),
        pytest.param([12, 12, None, 12, 12], date(2026, 6, 1), id="months without money are left out"),
        pytest.param([12, 12, 12, 12, 4], None, id="it is over"),
        pytest.param([], None, id="nothing came"),
    ],
)
def test_the_words_say_since_when_a_customer_is_slower(late: list[int | None], expected: date | None) -> None:
    months = [_Month(f"2026-{6 + n:02}", 10 * (days or 0), 0 if days is None else 10) for n, days in enumerate(late)]
    assert slower_since(months, before=5) == expected
