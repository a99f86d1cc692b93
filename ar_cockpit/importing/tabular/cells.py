"""Rows of cells become columns of values; what cannot be read is found by row, what is flawed is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ar_cockpit.domain.folded import Amounts, ByRow, Coded, different, folded, kinds_of, mapped
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
Values = dict[str, Sequence[Any]]


@dataclass(slots=True)
class Rows:
    """The rows of one batch that have as many cells as the header, and what was wrong with the others."""

    lines: Sequence[int] = field(default_factory=list)
    written: Sequence[Sequence[str]] = field(default_factory=list)
    clean: Sequence[Sequence[str]] = field(default_factory=list)
    broken: list[tuple[Defect, Sequence[str]]] = field(default_factory=list)
    warnings: list[Defect] = field(default_factory=list)
    is_tidy: bool = False  # nothing has to be cleaned, and no cell has blanks around it

    def columns(self) -> list[Sequence[str]]:
        """Return the clean cells by column, without blanks around them."""
        if not self.is_tidy:
            return [folded(list(map(str.strip, column))) for column in by_column(self.clean)]
        columns: list[Sequence[str]] = [folded(column) for column in by_column(self.clean)]
        self.written = self.clean = ByRow(columns)
        return columns


Needed = Callable[[Sequence[Sequence[str]]], bool]


def by_column(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Return rows of cells by column."""
    return rows.columns if isinstance(rows, ByRow) else list(zip(*rows, strict=True))


def sort_out(file: CsvFile, chunk: Chunk, are_cleaned: Needed | None = None) -> Rows:
    """Part whole rows from broken ones, and take control characters out of their cells.

    ``are_cleaned`` says of columns whether anybody looks at what may hold control characters; else all are cleaned.
    """
    width = len(file.header)
    columns = chunk.columns
    if not columns and not chunk.broken and set(map(len, chunk.cells)) == {width}:
        columns = list(map(list, zip(*chunk.cells, strict=True)))
    if chunk.broken or len(columns) != width:
        return _sort_out_rows(file, chunk)
    rows = ByRow(columns)
    found = Rows(chunk.lines, rows, rows, is_tidy=chunk.is_tidy and not file.is_own_download)
    if not found.is_tidy and (are_cleaned is None or file.is_own_download or are_cleaned(columns)):
        _clean(file, found)
    return found


def _sort_out_rows(file: CsvFile, chunk: Chunk) -> Rows:
    width, found, lines = len(file.header), Rows(), list[int]()
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
            lines.append(line)
            written.append(cells)
    found.lines, found.written, found.clean = lines, written, written
    _clean(file, found)
    return found


def _broken(file: CsvFile, row: Row) -> Defect:
    if row.at is not None:
        return Defect(row.line, file.header[row.at], row.cells[row.at], row.fault)
    return Defect(row.line, "", file.delimiter.join(row.cells[:_MOST_KEPT])[:200], row.fault)


def _clean(file: CsvFile, found: Rows) -> None:
    """Take control characters out; in nearly all files there are none, which one look at all cells shows."""
    if file.is_own_download or not "".join(map("".join, by_column(found.written))).isprintable():
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

    def column(self, index: int, columns: Sequence[Sequence[str]], column: Column) -> Sequence[Any]:
        """Return the values of the file's column ``index``, read as ``column``."""
        cells = columns[index]
        if index in self._whole:
            cells = [_whole_number(cell) for cell in cells]
        read = self._reader(index, column)
        if isinstance(cells, Coded) and column.holds is not Holds.AMOUNT:
            return cells.become(read(cells.values))
        return read(cells)

    def values(self, slots: Iterable[Slot], columns: Sequence[Sequence[str]], count: int) -> Values:
        """Return values by canonical column: ``Reason`` where a cell cannot be read, ``None`` where nothing is told."""
        return {slot.column.name: self._slot(slot, columns, count) for slot in slots}

    def _slot(self, slot: Slot, columns: Sequence[Sequence[str]], count: int) -> Sequence[Any]:
        if slot.index is not None:
            found = self.column(slot.index, columns, slot.column)
            return _required(found) if slot.column.is_required else found
        if slot.constant:
            return Coded.same(self._reader(-1, slot.column)([slot.constant])[0], count)
        return Coded.same("" if slot.column.name in _BLANK_WHEN_ABSENT else None, count)

    def _reader(self, index: int, column: Column) -> Callable[[Sequence[str]], Sequence[Any]]:
        if column.holds is Holds.DATE:
            return self._dates.get(index) or DateReader(DateOrder.DAY_FIRST)
        if column.holds is Holds.AMOUNT:
            return self._amounts.get(index) or AmountReader(POINT)
        return column.reader


def _required(found: Sequence[Any]) -> Sequence[Any]:
    """Return values with the reason why it is none in place of each that is missing."""
    if isinstance(found, Amounts) or all(different(found)):
        return found
    return mapped(found, _or_missing)


def _or_missing(value: Any) -> Any:
    return Reason("Empty, and it is required") if value is None or value == "" else value


def faults(file: CsvFile, values: Values, rows: Rows) -> tuple[dict[int, Defect], list[tuple[int, Defect]]]:
    """Return the first defect of each unreadable row, by its place, and all flaws, which are mended in ``values``."""
    bad: dict[int, Defect] = {}
    flaws: list[tuple[int, Defect]] = []
    for target, found in values.items():
        kinds = kinds_of(found)
        if Reason not in kinds and Flawed not in kinds:
            continue
        mended = list(found)
        name, index = file.source_of(target)
        for place, value in enumerate(found):
            if type(value) not in (Reason, Flawed):
                continue
            written = rows.written[place][index] if index is not None else ""
            if isinstance(value, Flawed):
                flaws.append((place, Defect(rows.lines[place], name, written, value.reason)))
                mended[place] = value.value
            else:
                bad.setdefault(place, Defect(rows.lines[place], name, written, str(value)))
        values[target] = mended
    return bad, flaws


def _whole_number(cell: str) -> str:
    whole, point, part = cell.partition(".")
    return whole if point and whole.isdigit() and not part.strip("0") else cell
