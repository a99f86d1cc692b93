"""What many customers owe, as columns, and how rows that are alike are found: each kind is then asked about once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ar_cockpit.domain.cadence.ladder import Done
from ar_cockpit.domain.cadence.shapes import Owed

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
_BY_TABLE = 1 << 22  # so many different keys are counted in a table, more are sorted
_MOST = 1 << 62


@dataclass(frozen=True, slots=True)
class Owing:
    """Open invoices by their columns; a currency is told by its place among ``currencies``."""

    ids: Ints
    minor: Ints
    days: Ints
    owners: Ints
    currency: Ints
    currencies: Sequence[str]
    numbers: Sequence[str] = ()  # once somebody asked for them

    @classmethod
    def of(cls, rows: Collection[Owed]) -> Self:
        """Return the columns of ``rows``, which have the fields of ``OpenInvoice`` and whose they are."""
        ids, numbers, words, minor, days, owners = zip(*rows, strict=True) if rows else ((),) * 6
        currency, currencies = coded(words, len(words))
        return cls(
            numbered(ids), numbered(minor), numbered(days), numbered(owners), currency, currencies, list(numbers)
        )

    def __len__(self) -> int:
        """Return how many invoices there are."""
        return len(self.ids)

    def placed(self, places: Ints) -> Owing:
        """Return those at ``places``, in their order."""
        numbers = [self.numbers[place] for place in places.tolist()] if self.numbers else ()
        columns = (self.minor, self.days, self.owners, self.currency)
        minor, days, owners, currency = (column[places] for column in columns)
        return Owing(self.ids[places], minor, days, owners, currency, self.currencies, numbers)

    def rows(self, first: int, end: int) -> list[tuple[Any, ...]]:
        """Return the invoices from ``first`` on as rows again."""
        part = slice(first, end)
        words = [self.currencies[place] for place in self.currency[part].tolist()]
        numbers = self.numbers[part] or ("",) * len(words)
        columns = (self.minor[part].tolist(), self.days[part].tolist(), self.owners[part].tolist())
        return list(zip(self.ids[part].tolist(), numbers, words, *columns, strict=True))


_NONE = np.zeros(0, np.int64)


class Dones(Mapping[int, Done]):
    """What was done about invoices, by columns: most are never looked at one by one."""

    def __init__(self, ids: Ints, keys: Ints, offsets: Ints, days: Ints, went: Ints, firmness: Ints) -> None:
        """Take one row for each step that was done: the invoice, the step's bit, its offset, how long ago, how firmly.

        ``days`` count from the day of the step, ``went`` from the one on which it left.
        """
        order = np.argsort(ids, kind="stable")
        starts = np.flatnonzero(np.diff(ids[order], prepend=-1))
        self.ids = ids[order][starts]
        self._columns: tuple[Ints, ...] = ()
        if len(starts):
            offsets = offsets[order]
            self._columns = (
                np.bitwise_or.reduceat(keys[order], starts),
                np.minimum.reduceat(offsets, starts),
                np.maximum.reduceat(offsets, starts),
                np.maximum.reduceat(days[order], starts),
                np.minimum.reduceat(went[order], starts),
                np.maximum.reduceat(firmness[order], starts),
            )

    @cached_property
    def _every(self) -> dict[int, Done]:
        return self.of(self.ids)

    def of(self, ids: Ints) -> dict[int, Done]:
        """Return what was done about some invoices."""
        places = np.flatnonzero(np.isin(self.ids, ids))
        rows = zip(*(column[places].tolist() for column in self._columns), strict=True)
        return dict(zip(self.ids[places].tolist(), map(Done._make, rows), strict=bool(self._columns)))

    def among(self, ids: Ints) -> tuple[Ints, Histories]:
        """Return which history each invoice of ``ids`` has, counted from 1, and the histories; 0 is none at all."""
        return where(self.ids, ids) + 1, Histories(self._columns)

    def __getitem__(self, invoice_id: int) -> Done:
        """Return what was done about one."""
        return self._every[invoice_id]

    def get(self, invoice_id: int, default: Any = None) -> Any:
        """Return the same, or ``default``: of most invoices nothing was done."""
        return self._every.get(invoice_id, default)

    def __iter__(self) -> Iterator[int]:
        """Go through the invoices that anything was done about."""
        return iter(self._every)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Histories:
    """What was done about some invoices, by the columns of ``Done``; no columns where there are none."""

    columns: tuple[Ints, ...]

    def of(self, place: int) -> Done:
        """Return one of them."""
        return Done._make([int(column[place]) for column in self.columns])

    def placed(self, places: Ints) -> Histories:
        """Return those at ``places``, in their order."""
        return Histories(tuple(column[places] for column in self.columns))


def histories_of(done: Mapping[int, Done], ids: Ints) -> tuple[Ints, Histories]:
    """Return which history each invoice has, counted from 1, and the histories; 0 is none at all."""
    if isinstance(done, Dones):
        return done.among(ids)
    columns = tuple(numbered(column) for column in zip(*done.values(), strict=True))
    return where(numbered(done.keys()), ids) + 1, Histories(columns)


def numbered(values: Collection[int]) -> Ints:
    """Return whole numbers as a column."""
    return np.fromiter(values, np.int64, len(values))


def flagged(values: Collection[bool]) -> Flags:
    """Return what holds or not as a column."""
    return np.fromiter(values, np.bool_, len(values))


def coded(values: Iterable[Hashable], count: int) -> tuple[Ints, list[Any]]:
    """Return a small number for each value, the same for equal ones, and the values by their number."""
    known: defaultdict[Hashable, int] = defaultdict()
    known.default_factory = known.__len__
    numbers = np.fromiter(map(known.__getitem__, values), np.int64, count)
    return numbers, list(known)


def places_of(ids: Ints, some: Collection[int]) -> Ints:
    """Return where those of ``ids`` stand that are among ``some``."""
    return np.flatnonzero(np.isin(ids, numbered(some))) if some else _NONE


def where(keys: Ints, ids: Ints) -> Ints:
    """Return where each of ``ids`` stands among ``keys``, none below 0 and all different; -1 is nowhere."""
    if not len(keys):
        return np.full(len(ids), -1)
    most = int(keys.max()) + 1
    if most > min(_BY_TABLE, 8 * (len(keys) + len(ids))):  # a table would be mostly empty
        order = np.argsort(keys)
        found = order[np.minimum(np.searchsorted(keys, ids, sorter=order), len(keys) - 1)]
        return np.where(keys[found] == ids, found, -1)
    place = np.full(most + 1, -1)  # one more, for those beyond all
    place[keys] = np.arange(len(keys))
    return place[np.minimum(ids, most)]


def kinds(*columns: Ints) -> tuple[Ints, Ints]:
    """Return the kind of each row, equal rows having the same one, and the place of the first row of each kind."""
    key, span = np.zeros(len(columns[0]), np.int64), 1
    if not len(key):
        return key, key
    for column in columns:
        least = int(column.min())
        width = int(column.max()) - least + 1
        if span * width >= _MOST:
            key, _ = _kinds_of(key, span)
            span = int(key.max()) + 1
        key, span = key * width + (column - least), span * width
    return _kinds_of(key, span)


def _kinds_of(key: Ints, span: int) -> tuple[Ints, Ints]:
    if span > _BY_TABLE:
        _, first, kind = np.unique(key, return_index=True, return_inverse=True)
        return kind.astype(np.int64), first.astype(np.int64)
    first = np.full(span, -1, np.int64)
    first[key[::-1]] = np.arange(len(key) - 1, -1, -1)  # the last that is written is the first of its kind
    there = np.flatnonzero(first >= 0)
    number = np.zeros(span, np.int64)
    number[there] = np.arange(len(there))
    return number[key], first[there]
