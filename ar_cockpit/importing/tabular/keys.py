"""Which keys occur more than once in a file, told by the first pass in eight bytes a row.

A row whose key occurs once needs no comparison with the others, and they need not be remembered: at a million rows
that is most of an import's memory. A hash that two keys share only makes both of them suspects.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Sequence
from itertools import compress

import numpy as np

from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.csv_file import CsvFile

# What names a row within its company; an allocation's day is left out, so that more are suspects, never fewer.
_NAMED_BY = {
    Table.CUSTOMERS: ("customer_id",),
    Table.INVOICES: ("invoice_number",),
    Table.PAYMENTS: ("payment_id",),
    Table.ALLOCATIONS: ("payment_id", "invoice_number"),
}
Name = str | tuple[str, ...]  # what names a row within its company


class Keys:
    """The keys of one file, as hashes."""

    def __init__(self, file: CsvFile) -> None:
        places = [file.source_of(name)[1] for name in _NAMED_BY[file.table]]
        whole = {file.header.index(name) for name in file.mapping.whole_numbers} if file.mapping else set()
        self._places = [place for place in places if place is not None and place not in whole]
        self._is_known = len(self._places) == len(places)
        self._hashes = array("q")

    def need_cleaning(self, columns: Sequence[Sequence[str]]) -> bool:
        """Whether what names one of these rows may hold control characters; nothing else of them is looked at."""
        return any(not "".join(columns[place]).isprintable() for place in self._places)

    def add(self, columns: Sequence[Sequence[str]]) -> None:
        """Take in some rows, given as columns of clean cells."""
        if self._is_known:
            self._hashes.extend(map(hash, self._names(columns)))

    def among(self, columns: Sequence[Sequence[str]], repeated: Collection[int]) -> frozenset[Name]:
        """Return the names of the rows whose hash is one of ``repeated``."""
        if not repeated:
            return frozenset()
        names = list(self._names(columns))
        return frozenset(compress(names, map(repeated.__contains__, map(hash, names))))

    def _names(self, columns: Sequence[Sequence[str]]) -> Iterable[Name]:
        named = [map(str.strip, columns[place]) for place in self._places]
        return named[0] if len(named) == 1 else zip(*named, strict=True)

    def repeated(self) -> Collection[int] | None:
        """Return the hashes of keys that occur more than once; ``None`` when that cannot be told."""
        if not self._is_known:
            return None
        hashes = np.sort(np.frombuffer(self._hashes, dtype=np.int64)) if self._hashes else np.empty(0, np.int64)
        self._hashes = array("q")
        return frozenset(np.unique(hashes[1:][hashes[1:] == hashes[:-1]]).tolist())
