"""A small line of twelve months: scaled to its box, with gaps where nothing is known."""

from __future__ import annotations

from ar_cockpit.state.display.figures import Spark, ageing_parts, sparkline


def test_the_line_goes_from_bottom_to_top_of_its_box_and_ends_at_its_dot() -> None:
    assert sparkline([0, 5, 10]) == Spark("M3.0 21.0 L23.0 12.0 L43.0 3.0", 43.0, 3.0, -1)


def test_the_target_shares_the_scale() -> None:
    assert sparkline([0, 5], target=10).target_y == 3.0


def test_an_unknown_month_is_a_gap() -> None:
    assert sparkline([1, None, 1, 1]).path.count("M") == 2


def test_one_known_value_is_no_line() -> None:
    assert sparkline([None, 4]) == Spark()


def test_a_flat_line_does_not_divide_by_zero() -> None:
    assert sparkline([7, 7]).path == "M3.0 21.0 L43.0 21.0"


def test_the_ageing_bar_fills_its_width_and_a_credit_balance_takes_none() -> None:
    parts = ageing_parts([300, 100, 0, 0, -50, 0], "EUR", "en")
    assert [part.share for part in parts] == [75, 25, 0, 0, 0, 0]
    assert [part.label for part in parts][-1] == "Over 120 days"
