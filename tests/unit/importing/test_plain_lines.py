"""Lines that can be cut at their delimiters are read as the csv module reads them; all others are left to it."""

from __future__ import annotations

import pytest

from ar_cockpit.importing.tabular.plain_lines import cut


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        pytest.param(['"a",b\n', "c,d\n"], ",", id="marks to take off"),
        pytest.param(["a, b\n", "c,d\n"], ",", id="a blank after a delimiter, which is left out"),
        pytest.param([" a,b\n", "c,d\n"], ",", id="a blank at the beginning"),
        pytest.param(["a,b\n", "c\n"], ",", id="too few cells"),
        pytest.param(["a,b\n", "c\n", "d,e,f\n"], ",", id="as many cells as three rows of two, but other rows"),
        pytest.param(["a,b\n", ",\n"], ",", id="a row of nothing"),
        pytest.param([",\n", "a,b\n"], ",", id="a row of nothing at the beginning"),
        pytest.param(["a,b\n", "\n"], ",", id="a blank line"),
        pytest.param(["a,b\n", "c,d\r\n"], ",", id="lines that end in different ways"),
        pytest.param(["a,b\r", "c,d\r"], ",", id="lines of an old Macintosh"),
        pytest.param(["a," + "b" * 200_000 + "\n"], ",", id="a cell that is endless"),
    ],
)
def test_lines_that_are_more_than_cut_are_left_to_the_csv_module(lines: list[str], delimiter: str) -> None:
    assert cut(lines, delimiter) is None


@pytest.mark.parametrize(
    ("lines", "is_tidy"),
    [
        pytest.param(["a b,c\n", "d,e\n"], True, id="a blank within"),
        pytest.param(["é,c\n", "d,e"], True, id="accents, and no end of the last line"),
        pytest.param(["a,c\r\n", "d,e\r\n"], True, id="line ends of Windows"),
        pytest.param(["a ,c\n", "d,e\n"], False, id="a blank before a delimiter"),
        pytest.param(["a,c \n", "d,e\n"], False, id="a blank before the end"),
        pytest.param(["a,c \r\n", "d,e\r\n"], False, id="a blank before an end of Windows"),
        pytest.param(["a,c\n", "d,e "], False, id="a blank at the very end"),
        pytest.param(["a\x1fb,c\n"], False, id="a control character"),
        pytest.param(["a\x7fb,c\n"], False, id="a deletion"),
        pytest.param(["a\tb,c\n"], False, id="a tab within"),
        pytest.param(["\u00a0a,c\n"], False, id="a blank that does not break"),
    ],
)
def test_whether_cells_are_tidy(lines: list[str], is_tidy: bool) -> None:
    found = cut(lines, ",")
    assert found is not None
    assert found.is_tidy is is_tidy


def test_columns_come_in_order() -> None:
    found = cut(["A-1,C1,5\n", "A-2,C2,\n"], ",")
    assert found is not None
    assert found.columns == [["A-1", "A-2"], ["C1", "C2"], ["5", ""]]
