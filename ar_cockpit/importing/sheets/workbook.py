"""The sheets of a workbook as rows of text: dates in ISO, numbers exact, lines as the sheet numbers them."""

from __future__ import annotations

import marshal
import tempfile
import warnings
import weakref
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.sheets.archive import scan
from ar_cockpit.importing.tabular.csv_rows import Row

_ROWS_TO_HEADER = 30
_EXACT_DIGITS = 15  # what a spreadsheet keeps and shows of a number; the digits behind are noise
_KEPT_IN_MEMORY = 32 << 20
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})
_NO_VALUE = "A formula without a value: open the file in a spreadsheet and save it there"
_IS_ERROR = "The cell holds an error of the spreadsheet"
_BUT_FEW = 2
_AGAIN = "Save it as .xlsx again, or as CSV."
# What openpyxl raises for parts that are well-formed and yet make no sense.
_UNREADABLE = (BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError)
Formulas = Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class SheetHead:
    """A sheet that holds a table: the row that names the columns, the names, and formulas nobody has computed."""

    title: str
    line: int
    header: tuple[str, ...]
    bare: Mapping[tuple[int, int], str] = field(default_factory=dict, repr=False, compare=False)


def tables_in(path: Path, name: str) -> list[SheetHead]:
    """Return the sheets of the workbook called ``name`` that hold a table; raise ``InputError`` when it is none.

    The answer is kept for a while: on its way in, the same file is asked several times.
    """
    try:
        facts = path.stat()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from error
    return list(_tables_in(path, name, facts.st_mtime_ns, facts.st_size))


@lru_cache(maxsize=8)
def _tables_in(path: Path, name: str, _changed_at: int, _size: int) -> tuple[SheetHead, ...]:
    scanned = scan(path, name)
    with _opened(path, name) as workbook:
        sheets = sorted(workbook.worksheets, key=lambda sheet: sheet.sheet_state != "visible")  # hidden ones last
        # Nothing public names the part of the archive that a sheet is.
        heads = [_head(sheet, scanned.bare.get(sheet._worksheet_path.lstrip("/"), {})) for sheet in sheets]  # noqa: SLF001
    found = tuple(head for head in heads if head)
    if not found:
        raise InputError(f"No sheet of {name} holds a table.", "One row names the columns, with rows below it.")
    return found


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    """Open a workbook that was scanned; what openpyxl still cannot read becomes one sentence."""
    from openpyxl import load_workbook  # noqa: PLC0415 (it brings numpy along, which every start would wait for)

    with warnings.catch_warnings(), path.open("rb") as stream:
        warnings.simplefilter("ignore")  # about styles and extensions, which are of no interest
        try:
            workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except _UNREADABLE as error:
            raise InputError(f"{name} is no workbook that can be read.", _AGAIN) from error
        try:
            yield workbook
        except _UNREADABLE as error:
            raise InputError(f"{name} has a sheet that cannot be read.", _AGAIN) from error
        finally:
            workbook.close()


def _head(sheet: Any, bare: Formulas) -> SheetHead | None:
    """Return the first row of mostly words that is about as wide as the table below it."""
    rows = islice(_texts(sheet, bare), _ROWS_TO_HEADER)
    first = [(line, [cell.strip() for cell in cells]) for line, cells, _ in rows]
    widest = max((len([cell for cell in cells if cell]) for _, cells in first), default=0)
    for place, (line, cells) in enumerate(first):
        words = [cell for cell in cells if cell]
        is_wide = len(words) >= max(_BUT_FEW, widest * 0.6)
        if is_wide and not any(_is_value(cell) for cell in words) and (place + 1 < len(first) or place == 0):
            return SheetHead(sheet.title, line, tuple(_trimmed(cells)), bare)
    return None


def _is_value(cell: str) -> bool:
    return not any(sign.isalpha() for sign in cell)


def _trimmed(cells: Sequence[str]) -> list[str]:
    width = max(place for place, cell in enumerate(cells, 1) if cell)
    return list(cells[:width])


class SheetRows:
    """The rows below a sheet's header, parsed once and kept in a file of its own for the second pass."""

    def __init__(
        self,
        path: Path,
        name: str,
        head: SheetHead,
        needed: Collection[int] = (),
        amounts: Collection[int] = (),
        mark: str = ".",
    ) -> None:
        """Take the columns whose cells are used, those that hold amounts, and the decimal mark to write these with."""
        self._path, self._name, self._head, self._mark = path, name, head, mark
        self._needed, self._amounts = frozenset(needed), frozenset(amounts)
        self._kept: Any = None

    def rows(self) -> Iterator[Row]:
        """Yield the rows that hold anything."""
        if self._kept is not None:
            yield from self._again()
            return
        kept = tempfile.SpooledTemporaryFile(_KEPT_IN_MEMORY)  # noqa: SIM115 (it outlives this pass)
        try:
            for row in self._parsed():
                kept.write(marshal.dumps((row.line, row.cells, row.fault, row.at)))
                yield row
        except BaseException:  # also when nobody wants the rest of the rows
            kept.close()
            raise
        self._kept = kept
        weakref.finalize(self, kept.close)

    def _again(self) -> Iterator[Row]:
        self._kept.seek(0)
        while True:
            try:
                yield Row(*marshal.load(self._kept))  # noqa: S302 (written by ourselves a moment ago)
            except EOFError:
                return

    def _parsed(self) -> Iterator[Row]:
        width = len(self._head.header)
        with _opened(self._path, self._name) as workbook:
            sheet = workbook[self._head.title]
            for line, cells, faults in _texts(sheet, self._head.bare, self._amounts, self._mark):
                if line <= self._head.line:
                    continue
                cells.extend([""] * (width - len(cells)))
                while len(cells) > width and not cells[-1]:
                    cells.pop()
                at = next((place for place in faults if place in self._needed), None)
                yield Row(line, cells, "" if at is None else faults[at], at)


def _texts(
    sheet: Any, bare: Formulas, amounts: Collection[int] = (), mark: str = "."
) -> Iterator[tuple[int, list[str], dict[int, str]]]:
    """Yield line, cells, and what is wrong with which cell, of every row that holds anything."""
    sheet.reset_dimensions()  # what a file says of its own size is not to be relied on
    for line, cells in enumerate(sheet.iter_rows(), 1):
        texts = [
            "" if cell.value is None else _text(cell, mark if place in amounts else "")
            for place, cell in enumerate(cells)
        ]
        faults = _mend_formulas(line, texts, bare) if bare else {}
        if not _ERRORS.isdisjoint(texts):
            faults |= {place: _IS_ERROR for place, text in enumerate(texts) if text in _ERRORS}
        if any(texts):
            yield line, texts, faults


def _mend_formulas(line: int, texts: list[str], bare: Formulas) -> dict[int, str]:
    """Show the formulas of one row that have no value, and return them as its faults."""
    found = [place for place in range(len(texts)) if (line, place + 1) in bare]
    for place in found:
        texts[place] = bare[line, place + 1]
    return dict.fromkeys(found, _NO_VALUE)


def _text(cell: Any, mark: str) -> str:
    """Return a cell as it is written in a text file; ``mark`` is set where it is an amount."""
    value = cell.value
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float)):
        text = _padded(number_text(value), cell)
        return amount_text(text, mark) if mark else text
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else f"{value}"


def _padded(text: str, cell: Any) -> str:
    """Return a number with the leading zeros that its format shows: 0000140105 is no 140105."""
    shown = str(cell.number_format or "")
    return text.zfill(len(shown)) if shown and not shown.strip("0") and text.isdigit() else text


def number_text(value: float) -> str:
    """Return a number as a plain decimal without the noise of binary fractions: 1234.1 for 1234.0999999999999."""
    exact = Decimal(repr(value))
    if exact.is_finite() and isinstance(value, float) and len(exact.as_tuple().digits) > _EXACT_DIGITS:
        exact = Decimal(f"{value:.{_EXACT_DIGITS}g}")
    return f"{exact.normalize():f}" if isinstance(value, float) and exact.is_finite() else str(value)


def amount_text(text: str, mark: str) -> str:
    """Return a number so that it can only be read as it is: three decimals could be a group of thousands."""
    whole, point, part = text.partition(".")
    if not point:
        return text
    return whole + mark + (part + "0" if len(part) == 3 else part)
