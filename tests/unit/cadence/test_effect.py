"""The effect of reminders is what the ledger shows, drawn towards none where it shows little, and else not known."""

from __future__ import annotations

import pytest

from ar_cockpit.domain.cadence.effect import Life, cash_moved, effect_of


def ledger(paid_after: int, paid_without: int, count: int = 1000) -> tuple[list[Life], dict[int, list[int]]]:
    """Return ``count`` invoices reminded on day 3 and as many that were not, so many of each paid on day 6."""
    lives = [Life(n, 6 if n < paid_after else 90, n < paid_after) for n in range(count)]
    lives += [Life(count + n, 6 if n < paid_without else 90, n < paid_without) for n in range(count)]
    return lives, {n: [3] for n in range(count)}


def test_twice_as_many_payments_after_reminders_is_nearly_twice_and_clearly_more() -> None:
    found = effect_of(*ledger(400, 200))
    assert found is not None
    assert 1.5 < found.ratio < 2.1
    assert 1 < found.low < found.ratio < found.high
    assert (found.payments_after, found.payments_otherwise) == (400, 200)


@pytest.mark.parametrize(
    ("after", "without"),
    [
        pytest.param(20, 200, id="too few payments after reminders"),
        pytest.param(40, 20, id="too few payments without"),
        pytest.param(205, 200, id="no clear difference"),
        pytest.param(100, 300, id="slower after reminders"),
        pytest.param(0, 0, id="nothing was ever paid"),
    ],
)
def test_otherwise_it_is_not_known(after: int, without: int) -> None:
    assert effect_of(*ledger(after, without)) is None


def test_an_empty_ledger_shows_nothing() -> None:
    assert effect_of([], {}) is None


def test_where_everybody_is_reminded_on_the_same_day_nothing_of_the_same_age_is_left_to_compare_with() -> None:
    lives = [Life(n, 2 + n % 9, is_settled=True) for n in range(3000)]
    assert effect_of(lives, {n: [3] for n in range(3000)}) is None


def test_more_days_after_reminders_move_cash_into_the_span_and_fewer_move_it_out() -> None:
    more, fewer = (cash_moved(100_000, 0.5, 30, days, 1.5) for days in (7, -7))
    assert 0 < more < 50_000
    assert -50_000 < fewer < 0
    assert cash_moved(100_000, 0.5, 30, 0, 1.5) == 0
    assert cash_moved(100_000, 1.0, 30, 7, 1.5) < 1, "what is sure to be paid anyway is not moved"
