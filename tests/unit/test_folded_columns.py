"""Columns that are folded together are the sequence of their values, here and in the process they travel to."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from ar_cockpit.domain.folded import Amounts, ByRow, Coded, Texts, different, folded, kinds_of, mapped, taken

PENCE = Amounts(array("q", [1250, -300, 0]), 2)
AS_WRITTEN = Amounts(array("q", [1250, -3000, 5]), 3, bytes([0, 1, 3]))
COLUMNS = [
    pytest.param(Coded(["EUR", "GBP"], bytes([0, 1, 0])), ["EUR", "GBP", "EUR"], id="few different values"),
    pytest.param(Coded.same({}, 3), [{}, {}, {}], id="one value for all"),
    pytest.param(Texts(["a", "", "c"]), ["a", "", "c"], id="texts"),
    pytest.param(Texts(["a\nb", "", "c"]), ["a\nb", "", "c"], id="texts with a line end"),
    pytest.param(Texts([""]), [""], id="one empty text"),
    pytest.param(Texts([]), [], id="no text"),
    pytest.param(PENCE, [Decimal("12.50"), Decimal("-3.00"), Decimal("0.00")], id="amounts"),
    pytest.param(ByRow([["a", "b"], ["1", "2"]]), [["a", "1"], ["b", "2"]], id="rows"),
]


def travelled(column: Sequence[Any]) -> Sequence[Any]:
    """Return a column as it arrives in another process."""
    arrived: Sequence[Any] = pickle.loads(pickle.dumps(column))  # noqa: S301 (written just now)
    return arrived


@pytest.mark.parametrize(("column", "values"), COLUMNS)
def test_a_folded_column_is_the_sequence_of_its_values(column: Sequence[Any], values: list[Any]) -> None:
    assert (list(column), len(column)) == (values, len(values))
    assert list(column[1:]) == values[1:]


@pytest.mark.parametrize(("column", "values"), COLUMNS)
def test_it_travels_whole(column: Sequence[Any], values: list[Any]) -> None:
    assert list(travelled(column)) == values
    assert list(travelled(travelled(column))) == values, "and on, unopened"


@pytest.mark.parametrize(("column", "values"), COLUMNS)
def test_rows_can_be_taken_out_of_it(column: Sequence[Any], values: list[Any]) -> None:
    places = list(range(0, len(values), 2))
    assert list(taken(column, places)) == [values[place] for place in places]


def test_amounts_keep_the_digits_they_were_written_with() -> None:
    assert list(map(str, AS_WRITTEN)) == ["1", "-3.0", "0.005"]
    assert list(map(str, taken(AS_WRITTEN, [2, 0]))) == ["0.005", "1"]
    assert str(AS_WRITTEN.total(sum(AS_WRITTEN.scaled))) == "-1.745"


def test_a_column_of_few_different_texts_is_coded_and_one_of_many_is_not() -> None:
    few, many = ["EUR", "GBP"] * 1000, [f"F{number}" for number in range(2000)]
    assert isinstance(folded(few), Coded)
    assert isinstance(folded(many), Texts)
    assert isinstance(folded(["EUR"] * 300 + many), Texts), "the first rows promised too much"
    assert folded(few) == few
    assert folded(many) == many


def test_of_few_different_values_each_is_asked_for_once() -> None:
    asked: list[str] = []

    def lower(word: str) -> str:
        asked.append(word)
        return word.lower()

    assert mapped(folded(["A", "B", "A", "A"]), lower) == ["a", "b", "a", "a"]
    assert asked == ["A", "B"]
    assert different(folded(["A", "B", "A"])) == ["A", "B"]


def test_which_rows_hold_a_value_is_told_by_a_byte_each() -> None:
    assert list(Coded(["EUR", "GBP"], bytes([0, 1, 0])).of(1)) == [0, 1, 0]


def test_what_a_column_holds_is_known_without_a_look_at_each() -> None:
    assert [kinds_of(one) for one in (PENCE, Texts(["a"]), Coded(["a", None], b"\0\1"), [1, "a"])] == [
        {Decimal},
        {str},
        {str, type(None)},
        {int, str},
    ]
