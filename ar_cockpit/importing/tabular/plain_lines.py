"""Lines in which nothing is quoted are cut into columns at once: a row for each would cost twice as much."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_BLANK, _LINE_FEED, _RETURN, _DELETE = b" \n\r\x7f"


class Cut(NamedTuple):
    """The cells of some lines by column, and whether none holds control characters or has blanks around it."""

    columns: list[list[str]]
    is_tidy: bool


def cut(lines: Sequence[str], delimiter: str) -> Cut | None:
    """Return the cells of ``lines`` as the csv module would read them.

    ``None`` when that is more than cutting: marks to take off, blanks to leave out, rows of nothing or of other widths.
    """
    text, end = "".join(lines), "\r\n" if lines[0].endswith("\r\n") else "\n"
    text = text if text.endswith(end) else f"{text}{end}"
    # A line has one end, which is its last sign or two: as many of both as lines, and they all end alike.
    ends = text.count("\n"), text.count("\r")
    if '"' in text or ends != (len(lines), len(lines) * (len(end) - 1)):
        return None
    if max(map(len, lines)) > csv.field_size_limit():
        return None
    signs = np.frombuffer(text.encode(), np.uint8)
    blanks = np.flatnonzero(signs == _BLANK)
    before, after = signs[blanks - 1], signs[blanks + 1]  # before the first is the last, which ends a line as well
    if _is_any(before, ord(delimiter), _LINE_FEED):
        return None
    columns = _columns(text, len(lines), end, delimiter)
    if columns is None:
        return None
    controls = sum(ends) + (text.count("\t") if delimiter == "\t" else 0)
    is_clean = int((signs < _BLANK).sum()) == controls and (text.isascii() or _is_printable(text, delimiter))
    return Cut(columns, is_clean and not _is_any(signs, _DELETE) and not _is_any(after, ord(delimiter), *end.encode()))


def _columns(text: str, count: int, end: str, delimiter: str) -> list[list[str]] | None:
    cells = text.replace(end, f"\n{delimiter}").split(delimiter)
    width = (len(cells) - 1) // count
    nothing = delimiter * (width - 1) + end
    if len(cells) - 1 != width * count or text.startswith(nothing) or f"\n{nothing}" in text:
        return None
    # A delimiter follows every line end, so a cell has at most one: as many in the last column as rows are all of them.
    last = "".join(cells[width - 1 : -1 : width]).split("\n")
    if len(last) - 1 != count:
        return None
    return [*(cells[place:-1:width] for place in range(width - 1)), last[:-1]]


def _is_any(signs: np.ndarray, *wanted: int) -> bool:
    return any(bool((signs == sign).any()) for sign in wanted)


def _is_printable(text: str, delimiter: str) -> bool:
    """Whether a text holds nothing but signs that are seen, single blanks and its delimiters and line ends."""
    return text.translate({ord(sign): None for sign in ("\n", "\r", delimiter)}).isprintable()
