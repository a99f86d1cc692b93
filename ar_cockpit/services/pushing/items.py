"""Pushed items become rows of a file that was never written, so that the rules of file imports hold for them too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ar_cockpit.importing.encoding import FileFacts
from ar_cockpit.importing.records import Batch, Table
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.columns import COLUMNS
from ar_cockpit.importing.tabular.csv_file import CsvFile, Slot
from ar_cockpit.importing.tabular.csv_rows import Chunk, Row, in_chunks
from ar_cockpit.importing.tabular.survey import Decided
from ar_cockpit.importing.values.texts import without_control

Item = Mapping[str, Any]  # by canonical column name; what is absent is not told, and stays as it is
_KEYS = frozenset({"company", "customer_id", "invoice_number", "payment_id"})
_CUSTOM = "custom"
_SOURCE = "api"


def tidied(item: Item) -> Item:
    """Return ``item`` with its keys as they will be stored: without control characters and blanks around them."""
    return {name: without_control(value).strip() if name in _KEYS and value else value for name, value in item.items()}


def batches(table: Table, items: Sequence[tuple[int, Item]]) -> Iterator[tuple[CsvFile, Batch[Any]]]:
    """Yield the numbered items as batches of records, each with the file that says which columns it tells.

    Items that tell different columns cannot be rows of one file: each set of columns makes a file of its own.
    """
    shapes: dict[tuple[str, ...], list[tuple[int, Item]]] = {}
    for number, item in items:
        shapes.setdefault(_shape(item), []).append((number, item))
    for shape, members in shapes.items():
        file = file_telling(table, shape)
        rows = [Row(number, _cells(item, file), "") for number, item in members]
        for batch in _Rows(file, rows).batches():
            yield file, batch


def file_telling(table: Table, shape: Sequence[str]) -> CsvFile:
    """Return the file whose columns are ``shape``."""
    where = {name: index for index, name in enumerate(shape)}
    return CsvFile(
        path=Path(_SOURCE),
        name=_SOURCE,
        facts=FileFacts("utf-8", 0, ""),
        delimiter=",",
        header=tuple(shape),
        table=table,
        slots=tuple(Slot(column, where.get(column.name)) for column in COLUMNS[table]),
        custom={name.removeprefix(f"{_CUSTOM}."): n for name, n in where.items() if name.startswith(f"{_CUSTOM}.")},
    )


class _Rows(CsvReader):
    """A reader of rows in memory, of which nothing is ambiguous: ISO dates, decimal points."""

    def __init__(self, file: CsvFile, rows: Sequence[Row]) -> None:
        self._given = rows
        super().__init__(file)

    def _chunks(self, size: int) -> Iterator[Chunk]:
        return in_chunks(self._given, size)

    def _survey(self) -> Decided:
        self.row_count = len(self._given)
        return Decided({}, {}, ())


def _shape(item: Item) -> tuple[str, ...]:
    custom = item.get(_CUSTOM) or {}
    return (*sorted(name for name in item if name != _CUSTOM), *sorted(f"{_CUSTOM}.{name}" for name in custom))


def _cells(item: Item, file: CsvFile) -> list[str]:
    flat = dict(item) | {f"{_CUSTOM}.{name}": value for name, value in (item.get(_CUSTOM) or {}).items()}
    return [_cell(flat[name]) for name in file.header]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case list() | tuple():
            return ";".join(value)
        case _:
            return str(value)
