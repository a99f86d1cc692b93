"""Rows of cells become columns of values; what cannot be read is found by row, what is flawed is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ar_cockpit.importing.records import Defect, Flawed, Reason
from ar_cockpit.importing.tabular.columns import Column, Holds
from ar_cockpit.importing.tabular.csv_file import CsvFile, Slot
from ar_cockpit.importing.tabular.csv_rows import Chunk, Row
from ar_cockpit.importing.tabular.survey import Decided
from ar_cockpit.importing.values.amounts import POINT, AmountReader
from ar_cockpit.importing.values.dates import DateOrder, DateReader
from ar_cockpit.importing.values.texts import has_control, without_control

_NEUTRALISED = tuple("'" + sign for sign in "=+-@\t\r")
_BLANK_WHEN_ABSENT = {"company", "currency", "kind"}
_MOST_KEPT = 1000  # cells of a row that has too many; no header has more
Values = dict[str, list[Any]]


@dataclass(slots=True)
class Rows:
    """The rows of one batch that have as many cells as the header, and what was wrong with the others."""

    lines: list[int] = field(default_factory=list)
    written: Sequence[Sequence[str]] = field(default_factory=list)
    clean: Sequence[Sequence[str]] = field(default_factory=list)
    broken: list[tuple[Defect, Sequence[str]]] = field(default_factory=list)
    warnings: list[Defect] = field(default_factory=list)

    def columns(self) -> list[list[str]]:
        """Return the clean cells by column, without blanks around them."""
        return [list(map(str.strip, column)) for column in zip(*self.clean, strict=True)]


Needed = Callable[[Sequence[Sequence[str]]], bool]


def sort_out(file: CsvFile, chunk: Chunk, are_cleaned: Needed | None = None) -> Rows:
    """Part whole rows from broken ones, and take control characters out of their cells.

    ``are_cleaned`` says of rows whether somebody will look at what may hold control characters; else all are cleaned.
    """
    width = len(file.header)
    if chunk.broken or set(map(len, chunk.cells)) - {width}:
        return _sort_out_rows(file, chunk)
    found = Rows(chunk.lines, chunk.cells, chunk.cells)
    if are_cleaned is None or file.is_own_download or are_cleaned(chunk.cells):
        _clean(file, found)
    return found


def _sort_out_rows(file: CsvFile, chunk: Chunk) -> Rows:
    width, found = len(file.header), Rows()
    written: list[Sequence[str]] = []
    for row in chunk.broken:
        found.broken.append((_broken(file, row), row.cells[:_MOST_KEPT]))
    for line, given in zip(chunk.lines, chunk.cells, strict=True):
        cells = given
        if len(given) > width and not any(cell.strip() for cell in given[width:]):
            cells = given[:width]
        if len(cells) != width:
            fault = f"The row has {len(cells)} cells where the header has {width}"
            found.broken.append((_broken(file, Row(line, cells, fault)), cells[:_MOST_KEPT]))
        else:
            found.lines.append(line)
            written.append(cells)
    found.written = found.clean = written
    _clean(file, found)
    return found


def _broken(file: CsvFile, row: Row) -> Defect:
    if row.at is not None:
        return Defect(row.line, file.header[row.at], row.cells[row.at], row.fault)
    return Defect(row.line, "", file.delimiter.join(row.cells[:_MOST_KEPT])[:200], row.fault)


def _clean(file: CsvFile, found: Rows) -> None:
    """Take control characters out; in nearly all files there are none, which one look at all cells shows."""
    if file.is_own_download or not "".join(map("".join, found.written)).isprintable():
        pairs = zip(found.lines, found.written, strict=True)
        found.clean = [_cleaned(file, line, cells, found.warnings) for line, cells in pairs]


def _cleaned(file: CsvFile, line: int, cells: Sequence[str], warnings: list[Defect]) -> Sequence[str]:
    if file.is_own_download:
        cells = [cell[1:] if cell.startswith(_NEUTRALISED) else cell for cell in cells]
    if "".join(cells).isprintable():
        return cells
    for index, cell in enumerate(cells):
        if has_control(cell):
            reason = "Line ends and control characters became one space"
            warnings.append(Defect(line, file.header[index], cell, reason))
    return [without_control(cell) for cell in cells]


class CellReader:
    """Reads the columns of one file with what was decided for each."""

    def __init__(self, file: CsvFile, decided: Decided) -> None:
        self._file = file
        self._dates = {index: DateReader(order) for index, order in decided.orders.items()}
        self._amounts = {index: AmountReader(mark) for index, mark in decided.marks.items()}
        mapping = file.mapping
        self._whole = {file.header.index(name) for name in mapping.whole_numbers} if mapping else set()

    def column(self, index: int, columns: Sequence[list[str]], column: Column) -> Sequence[Any]:
        """Return the values of the file's column ``index``, read as ``column``."""
        cells = columns[index]
        if index in self._whole:
            cells = [_whole_number(cell) for cell in cells]
        return self._reader(index, column)(cells)

    def values(self, slots: Iterable[Slot], columns: Sequence[list[str]], count: int) -> Values:
        """Return values by canonical column: ``Reason`` where a cell cannot be read, ``None`` where nothing is told."""
        return {slot.column.name: self._slot(slot, columns, count) for slot in slots}

    def _slot(self, slot: Slot, columns: Sequence[list[str]], count: int) -> list[Any]:
        if slot.index is not None:
            found = list(self.column(slot.index, columns, slot.column))
            if slot.column.is_required and not all(found):
                empty = Reason("Empty, and it is required")
                return [empty if value is None or value == "" else value for value in found]
            return found
        if slot.constant:
            return list(self._reader(-1, slot.column)([slot.constant])) * count
        return ["" if slot.column.name in _BLANK_WHEN_ABSENT else None] * count

    def _reader(self, index: int, column: Column) -> Callable[[Sequence[str]], Sequence[Any]]:
        if column.holds is Holds.DATE:
            return self._dates.get(index) or DateReader(DateOrder.DAY_FIRST)
        if column.holds is Holds.AMOUNT:
            return self._amounts.get(index) or AmountReader(POINT)
        return column.reader


def faults(file: CsvFile, values: Values, rows: Rows) -> tuple[dict[int, Defect], list[tuple[int, Defect]]]:
    """Return the first defect of each unreadable row, by its place, and all flaws, which are mended in ``values``."""
    bad: dict[int, Defect] = {}
    flaws: list[tuple[int, Defect]] = []
    for target, found in values.items():
        kinds = set(map(type, found))
        if Reason not in kinds and Flawed not in kinds:
            continue
        name, index = file.source_of(target)
        for place, value in enumerate(found):
            if type(value) not in (Reason, Flawed):
                continue
            written = rows.written[place][index] if index is not None else ""
            if isinstance(value, Flawed):
                flaws.append((place, Defect(rows.lines[place], name, written, value.reason)))
                found[place] = value.value
            else:
                bad.setdefault(place, Defect(rows.lines[place], name, written, str(value)))
    return bad, flaws


def _whole_number(cell: str) -> str:
    whole, point, part = cell.partition(".")
    return whole if point and whole.isdigit() and not part.strip("0") else cell
