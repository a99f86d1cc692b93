"""Lists as files: CSV and XLSX of what is shown; no cell of ours is ever run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Cell = str | int | Decimal | date | None
# What a spreadsheet takes for the start of a formula (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Cell) -> Cell:
    """Return ``value`` so that no spreadsheet runs it: text that looks like a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file line by line, UTF-8 with the mark that tells Excel so."""
    yield "\ufeff" + _csv_line(head)
    for row in rows:
        yield _csv_line(row)


def xlsx_bytes(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a workbook of one sheet; amounts are numbers and dates are dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append(list(head))
    for row in rows:
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in row])
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def _csv_line(row: Sequence[Cell]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(["" if value is None else harmless(value) for value in row])
    return line.getvalue()


def _text(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, str(harmless(value)))
    cell.data_type = "s"  # a string, whatever it begins with
    return cell
