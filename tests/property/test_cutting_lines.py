"""Whatever lines hold: what is cut is what the csv module reads, and what is called tidy is."""

from __future__ import annotations

import csv

from hypothesis import example, given
from hypothesis import strategies as st

from ar_cockpit.importing.tabular.plain_lines import cut

CELLS = st.text(st.sampled_from(list("ab1,;\t \"'.\u00e9\u00a0\u2028\x1f\x7f\r")), max_size=4)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)


def by_csv(lines: list[str], delimiter: str) -> list[list[str]]:
    """Return the rows as the csv module reads them."""
    return list(csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True))


def split(text: str) -> list[str]:
    """Return lines as a file gives them."""
    parts = text.replace("\r\n", "\0").replace("\r", "\r\1").replace("\n", "\n\1").replace("\0", "\r\n\1").split("\1")
    return [part for part in parts if part]


@given(LINES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
@example([["a", "b"], ["c"]], ",", "\n", True)
@example([["a"], ["b", "c", "d"]], ",", "\n", True)
def test_what_is_cut_is_what_the_csv_module_reads(rows: list[list[str]], delimiter: str, end: str, ends: bool) -> None:
    text = end.join(delimiter.join(row) for row in rows) + (end if ends else "")
    lines = split(text)
    found = cut(lines, delimiter) if lines else None
    if found:
        assert [list(row) for row in zip(*found.columns, strict=True)] == by_csv(lines, delimiter)


@given(LINES)
def test_tidy_cells_need_neither_stripping_nor_cleaning(rows: list[list[str]]) -> None:
    found = cut([",".join(row) + "\n" for row in rows if "\r" not in "".join(row)] or ["a\n"], ",")
    if found and found.is_tidy:
        cells = [cell for column in found.columns for cell in column]
        assert all(cell.strip() == cell and cell.isprintable() for cell in cells)
