"""Workbooks for tests: honest ones, and ones made to hurt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def a_workbook(path: Path, sheets: Mapping[str, Rows], formats: Mapping[str, str] | None = None) -> Path:
    """Write the sheets to ``path``; ``formats`` sets number formats of cells of the last sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for where, shown in (formats or {}).items():
        book.worksheets[-1][where].number_format = shown
    book.save(path)
    return path


def with_member(path: Path, name: str, change: str | bytes, instead_of: str = "") -> Path:
    """Replace ``instead_of`` by ``change`` in one member of the archive, or the whole member."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {one.filename: archive.read(one) for one in archive.infolist()}
    whole = change.encode() if isinstance(change, str) else change
    parts[name] = parts[name].replace(instead_of.encode(), whole, 1) if instead_of else whole
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in parts.items():
            archive.writestr(member, content)
    path.write_bytes(packed.getvalue())
    return path


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def with_shared_text(path: Path, text: str, instead_of: str, *, place: int = 0) -> Path:
    """Keep ``text`` where spreadsheets keep their texts, and point the cell that says ``instead_of`` to ``place``."""
    with_member(path, STRINGS, f'<sst xmlns="{_MAIN}" count="1" uniqueCount="1"><si><t>{text}</t></si></sst>')
    told = f'<Override PartName="/{STRINGS}" ContentType="{_KIND}"/></Types>'
    with_member(path, "[Content_Types].xml", told, "</Types>")
    with_member(path, SHEET, f't="s"><v>{place}</v></c>', f't="inlineStr"><is><t>{instead_of}</t></is></c>')
    return path
