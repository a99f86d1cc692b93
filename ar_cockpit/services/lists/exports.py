"""Lists as files: CSV and XLSX of what is shown; no cell of ours is ever run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Cell = str | int | float | Decimal | date | None
# What a spreadsheet takes for the start of a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Cell) -> Cell:
    """Return ``value`` so that no spreadsheet runs it: text that looks like a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to export: its name, its heads and its rows."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a CSV file line by line, UTF-8 with the mark that tells Excel so."""
    yield "\ufeff" + _csv_line(sheet.head)
    for row in sheet.rows:
        yield _csv_line(row)


def xlsx_bytes(sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook; amounts are numbers and dates are dates."""
    from openpyxl import Workbook  # noqa: PLC0415 (half a second that the start of the server need not wait)

    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title[:31])
        page.freeze_panes = "A2"
        page.append(list(sheet.head))
        for row in sheet.rows:
            page.append([_text(page, value) if isinstance(value, str) else value for value in row])
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def _csv_line(row: Sequence[Cell]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(["" if value is None else harmless(value) for value in row])
    return line.getvalue()


def _text(page: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 (likewise)

    cell = WriteOnlyCell(page, str(harmless(value)))
    cell.data_type = "s"  # a string, whatever it begins with
    return cell
