"""Columns that are folded together: few different values as codes, texts as one, amounts as whole numbers.

To whoever looks at a value, each is the sequence of its values. Who works by column needs none of them made, and they
travel between processes as a few long pieces instead of many short ones.
"""

from __future__ import annotations

from abc import abstractmethod
from array import array
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

_MOST_DIFFERENT = 256  # a code is a byte
_SAMPLE, _MANY_OF_SAMPLE = 256, 128


class Folded(Sequence[Any]):
    """A column whose values are made when somebody looks at one."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: list[Any] | None = None

    def unfolded(self) -> list[Any]:
        """Return the values, which are never changed."""
        if self._values is None:
            self._values = self._unfold()
        return self._values

    def __getitem__(self, place: Any) -> Any:
        """Return one value, or some."""
        return self.unfolded()[place]

    def __iter__(self) -> Iterator[Any]:
        """Go through all values."""
        return iter(self.unfolded())

    def __eq__(self, other: object) -> bool:
        """Whether the values are the same, however they are kept."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # what is compared by its values is no key

    @abstractmethod
    def _unfold(self) -> list[Any]:
        """Return the values."""

    @abstractmethod
    def some(self, places: Sequence[int]) -> Sequence[Any]:
        """Return the column of the rows at ``places``."""


class Coded(Folded):
    """A column of few different values: each once, and for each row which it is."""

    __slots__ = ("codes", "values")

    def __init__(self, values: Sequence[Any], codes: bytes) -> None:
        super().__init__()
        self.values, self.codes = values, codes

    @classmethod
    def same(cls, value: Any, count: int) -> Coded:
        """Return the column that holds ``value`` in each of its ``count`` rows."""
        return cls([value], bytes(count))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.codes)

    def become(self, values: Sequence[Any]) -> Coded:
        """Return the column in which each different value is what stands in its place in ``values``."""
        return Coded(list(values), self.codes)

    def of(self, place: int) -> bytes:
        """Return a byte for each row: whether it holds the value at ``place`` of ``values``."""
        return self.codes.translate(bytes(code == place for code in range(_MOST_DIFFERENT)))

    def some(self, places: Sequence[int]) -> Coded:
        """Return the column of the rows at ``places``."""
        return Coded(self.values, bytes(map(self.codes.__getitem__, places)))

    def _unfold(self) -> list[Any]:
        if len(self.values) == 1:
            return [self.values[0]] * len(self.codes)
        return list(map(self.values.__getitem__, self.codes))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as codes."""
        return Coded, (self.values, self.codes)


class Texts(Folded):
    """A column of texts; they travel as one, where no line end is in them."""

    __slots__ = ("_count", "_together")

    def __init__(self, texts: Sequence[str] | None, together: str = "", count: int = 0) -> None:
        super().__init__()
        self._values = None if texts is None else list(texts)
        self._together, self._count = together, count if texts is None else len(texts)

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def some(self, places: Sequence[int]) -> Texts:
        """Return the texts at ``places``."""
        return Texts(list(map(self.unfolded().__getitem__, places)))

    def _unfold(self) -> list[Any]:
        return self._together.split("\n") if self._count else []

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as one text."""
        if self._values is None:
            return Texts, (None, self._together, self._count)
        together = "\n".join(self._values)
        if together.count("\n") == len(self._values) - 1:
            return Texts, (None, together, len(self._values))
        return Texts, (self._values,)


class Amounts(Folded):
    """A column of exact amounts, none of them missing, as whole numbers of the last digit that any has.

    ``written`` are the digits behind the decimal mark that each was written with, where they are not as many.
    """

    __slots__ = ("digits", "scaled", "written")

    def __init__(self, scaled: array[int], digits: int, written: bytes = b"") -> None:
        super().__init__()
        self.scaled, self.digits, self.written = scaled, digits, written

    def instead(self, scaled: Sequence[int]) -> Amounts:
        """Return other amounts that are written with as many digits."""
        return Amounts(array("q", scaled), self.digits, self.written)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.scaled)

    def some(self, places: Sequence[int]) -> Amounts:
        """Return the amounts at ``places``."""
        written = bytes(map(self.written.__getitem__, places)) if self.written else b""
        return Amounts(array("q", map(self.scaled.__getitem__, places)), self.digits, written)

    def total(self, scaled: int) -> Decimal:
        """Return a sum of whole numbers as an amount."""
        return Decimal(f"{scaled}E-{self.digits}")

    def _unfold(self) -> list[Any]:
        if not self.written:
            return [Decimal(f"{one}E-{self.digits}") for one in self.scaled]
        ones = [10 ** (self.digits - digits) for digits in range(self.digits + 1)]
        pairs = zip(self.scaled, self.written, strict=True)
        return [Decimal(f"{one // ones[digits]}E-{digits}") for one, digits in pairs]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as numbers."""
        return Amounts, (self.scaled, self.digits, self.written)


class ByRow(Folded):
    """Rows of cells that came by column."""

    __slots__ = ("columns",)

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        super().__init__()
        self.columns = columns

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.columns[0]) if self.columns else 0

    def some(self, places: Sequence[int]) -> ByRow:
        """Return the rows at ``places``."""
        return ByRow([taken(column, places) for column in self.columns])

    def _unfold(self) -> list[Any]:
        return list(map(list, zip(*self.columns, strict=True)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel by column."""
        return ByRow, ([column if isinstance(column, Folded) else Texts(column) for column in self.columns],)


def folded(column: Sequence[str]) -> Coded | Texts:
    """Return a column of texts as codes where a look at its first rows promises few different ones, else as one."""
    if len(set(column[:_SAMPLE])) <= _MANY_OF_SAMPLE:
        different = list(dict.fromkeys(column))
        if len(different) <= _MOST_DIFFERENT:
            place = {value: code for code, value in enumerate(different)}
            return Coded(different, bytes(map(place.__getitem__, column)))
    return Texts(column)


def taken(column: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    """Return the values of a column at ``places``."""
    return column.some(places) if isinstance(column, Folded) else [column[place] for place in places]


def different(column: Sequence[Any]) -> Sequence[Any]:
    """Return values among which is every different one of a column."""
    return column.values if isinstance(column, Coded) else column


def kinds_of(column: Sequence[Any]) -> set[type]:
    """Return the types of the values of a column."""
    if isinstance(column, Texts | Amounts):
        return {str if isinstance(column, Texts) else Decimal}
    return set(map(type, different(column)))


def mapped(column: Sequence[Any], become: Callable[[Any], Any]) -> Sequence[Any]:
    """Return what ``become`` makes of each value; of few different ones it is asked once for each."""
    if isinstance(column, Coded):
        return column.become([become(value) for value in column.values])
    return [become(value) for value in column]
