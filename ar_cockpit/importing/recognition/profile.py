"""What the cells of each column look like: how many are dates, amounts, codes, and the line that proves it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ar_cockpit.importing.records import Flawed, Reason
from ar_cockpit.importing.tabular.csv_rows import Row
from ar_cockpit.importing.values import texts
from ar_cockpit.importing.values.amounts import COMMA, POINT, AmountReader, mark_evidence, shape_of
from ar_cockpit.importing.values.dates import DateOrder, order_evidence, read_date

ROWS_LOOKED_AT = 20_000
_LOOKS_LIKE_A_DATE = re.compile(r"\d{8}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ].*)?", re.ASCII)
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*", re.ASCII)
_WHOLE = re.compile(r"\d+\.0+", re.ASCII)
_NOISE = re.compile(r"-?\d+[.,]\d{5,}", re.ASCII)
_POINT, _COMMA = AmountReader(POINT), AmountReader(COMMA)


@dataclass(frozen=True, slots=True)
class Example:
    """A value as written, and the line it stands on."""

    value: str = ""
    line: int = 0


@dataclass(slots=True)
class Tally:
    """How many cells are something, with the first of them."""

    count: int = 0
    example: Example = field(default_factory=Example)

    def add(self, value: str, times: int, line: int) -> None:
        """Count ``value``, which occurs ``times`` times, first on ``line``."""
        if not self.count or line < self.example.line:
            self.example = Example(value, line)
        self.count += times


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of a file, as far as the rows that were looked at show it."""

    index: int
    name: str
    rows: int
    filled: int
    distinct: int
    shown: tuple[str, ...]  # the first few different values
    tallies: dict[str, Tally]

    def count(self, kind: str) -> int:
        """Return how many cells are of ``kind``."""
        return self.tallies[kind].count if kind in self.tallies else 0

    def example(self, kind: str) -> Example:
        """Return the first cell of ``kind``."""
        return self.tallies[kind].example if kind in self.tallies else Example()

    def share(self, kind: str) -> float:
        """Return the part of the filled cells that are of ``kind``; an empty column contradicts nothing."""
        return self.count(kind) / self.filled if self.filled else 1.0


def profiles_of(header: Sequence[str], rows: Sequence[Row]) -> list[Profile]:
    """Return what each named column looks like; of two columns with the same name, the first."""
    whole = [row for row in rows[:ROWS_LOOKED_AT] if not row.fault and len(row.cells) >= len(header)]
    return [
        _profile(index, name, whole)
        for index, name in enumerate(header)
        if name.strip() and header.index(name) == index
    ]


def _profile(index: int, name: str, rows: Sequence[Row]) -> Profile:
    times: Counter[str] = Counter()
    lines: dict[str, int] = {}
    for row in rows:
        value = row.cells[index].strip()
        if value:
            times[value] += 1
            lines.setdefault(value, row.line)
    tallies: dict[str, Tally] = {}
    for value, count in times.items():
        for kind in _kinds(value):
            tallies.setdefault(kind, Tally()).add(value, count, lines[value])
    return Profile(index, name, len(rows), times.total(), len(times), tuple(list(times)[:3]), tallies)


def _kinds(value: str) -> list[str]:
    """Return everything that ``value`` could be."""
    return [*_as_date(value), *_as_amount(value), *(kind for kind, test in _TESTS.items() if test(value))]


def _as_date(value: str) -> list[str]:
    if not _LOOKS_LIKE_A_DATE.fullmatch(value):
        return []
    if not any(isinstance(read_date(value, order), date) for order in DateOrder):
        return []
    found = order_evidence([value])
    order = ["day_first"] * found.day_first + ["month_first"] * found.month_first
    return ["date", "year_last" if _YEAR_LAST.fullmatch(value) else "year_first", *order]


def _as_amount(value: str) -> list[str]:
    if not any(isinstance(reader.read(value), Decimal) for reader in (_POINT, _COMMA)):
        return []
    found = mark_evidence({shape_of(value): 1})
    marks = ["comma"] * found.comma + ["point"] * found.point + ["either"] * found.open_
    return ["amount", *marks]


def _read_by(reader: texts.Reader, *, longest: int = 60) -> Callable[[str], bool]:
    def test(value: str) -> bool:
        return len(value) <= longest and type(reader([value])[0]) not in (Reason, Flawed)

    return test


_TESTS: dict[str, Callable[[str], bool]] = {
    "currency": _read_by(texts.read_currencies, longest=3),
    "email": _read_by(texts.read_emails, longest=254),
    "country": _read_by(texts.read_countries, longest=2),
    "language": _read_by(texts.read_languages, longest=5),
    "flag": _read_by(texts.read_flags, longest=5),
    "kind": _read_by(texts.read_kinds, longest=12),
    "integer": _read_by(texts.read_integers, longest=14),
    "whole": lambda value: _WHOLE.fullmatch(value) is not None,
    "noise": lambda value: _NOISE.fullmatch(value) is not None,
    "words": lambda value: " " in value,
}
