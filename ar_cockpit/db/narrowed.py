"""Columns of whole numbers as few bytes: each less its least value, in as many bytes as the greatest needs.

For very many numbers that are kept to be read again together. A column of days takes two bytes a value, one whose
values are all the same takes none, and NumPy reads them where they lie.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_COUNT, _COLUMN = struct.Struct("<I"), struct.Struct("<qB")
_WIDTHS = (1, 2, 4, 8)


def narrowed(columns: Sequence[Ints]) -> bytes:
    """Return columns of the same length as bytes, for :class:`Narrow`."""
    count = len(columns[0])
    made = [_COUNT.pack(count)]
    for column in columns:
        least, most = (int(column.min()), int(column.max())) if count else (0, 0)
        width = next(one for one in _WIDTHS if most - least < 1 << 8 * one) if most > least else 0
        made.append(_COLUMN.pack(least, width))
        if width:
            # What does not fit into 64 bits with a sign goes around, and comes back when the least is added again.
            made.append((column - least).astype(f"<u{width}").tobytes())
    return b"".join(made)


class Narrow:
    """Columns that were narrowed; each is read when it is asked for."""

    def __init__(self, told: bytes | memoryview, names: Sequence[str]) -> None:
        self._told = told
        self._at: dict[str, tuple[int, int, int]] = {}
        (self.count,) = _COUNT.unpack_from(told)
        at = _COUNT.size
        for name in names:
            least, width = _COLUMN.unpack_from(told, at)
            at += _COLUMN.size
            self._at[name] = (least, width, at)
            at += width * self.count

    def least(self, name: str) -> int:
        """Return the least value of a column."""
        return self._at[name][0]

    def above_least(self, name: str) -> NDArray[Any]:
        """Return how much each value of a column is above its least, as narrow as it lies there."""
        _, width, at = self._at[name]
        if not width:
            return np.zeros(self.count, np.uint8)
        return np.frombuffer(self._told, f"<u{width}", self.count, at)

    def column(self, name: str, chosen: Any = slice(None)) -> Ints:
        """Return the values of a column, or those of the rows that are chosen."""
        wide: Ints = self.above_least(name)[chosen].astype(np.int64)
        wide += self.least(name)
        return wide

    def after(self, name: str, limit: int) -> Mask:
        """Return of each row whether the value is greater, without widening the column."""
        least, width, _ = self._at[name]
        if not width or limit < least:
            return np.full(self.count, least > limit)
        most = (1 << 8 * width) - 1
        return self.above_least(name) > min(limit - least, most)
