"""The archive a workbook is: refused when it is broken, locked, a bomb, or holds XML that declares entities.

Sizes are taken from the archive's directory before anything is unpacked, and counted again while it is.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.parsers import expat

from ar_cockpit.domain.errors import InputError

MOST_UNPACKED = 1 << 30
MOST_RATIO = 200
MOST_MEMBERS = 5_000
MOST_COLUMNS = 1_000
MOST_ROWS = 1_048_576
MOST_BARE = 20_000
MOST_CELLS = 30_000_000
_SMALL = 10 << 20  # below this nobody minds how well it was packed
_CHUNK = 1 << 18
_WORKBOOK, _STRINGS = "xl/workbook.xml", "xl/sharedStrings.xml"
# What is held in memory as a whole: texts that cells share, and the few files that describe the workbook.
_MOST_STRINGS, _MOST_DESCRIBING = 256 << 20, 32 << 20
_DESCRIBING = (_WORKBOOK, "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(r"([0-9]{1,9})(?:\.0+)?")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old and of encrypted workbooks
_SUFFIXES = (".xlsx", ".xlsm")
_OLD = (".xls", ".xlsb")
_LONGEST_FORMULA, _LONGEST_COLUMN = 200, 3
_AGAIN = "Save it as .xlsx again, or as CSV."


@dataclass(slots=True)
class Scanned:
    """What one pass over the sheets found: formulas that no program has computed, by sheet and cell."""

    bare: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)


def is_workbook(path: Path, name: str) -> bool:
    """Whether the file called ``name`` is, or claims to be, a workbook."""
    if Path(name).suffix.lower() in (*_SUFFIXES, *_OLD):
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return _WORKBOOK in archive.namelist()
    except (OSError, zipfile.BadZipFile, ValueError):
        return False


def scan(path: Path, name: str) -> Scanned:
    """Go once through the archive within its bounds; raise ``InputError`` with the one thing that is wrong."""
    _require_open(path, name)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _require_sane(members, name)
            return _scanned(archive, members, name)
    except expat.ExpatError as error:
        raise _damaged(name) from error
    # NotImplementedError: what zipfile raises at a way of compressing that it does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise _damaged(name) from error


def _damaged(name: str) -> InputError:
    return InputError(f"{name} is damaged or only half there: it is no whole workbook.", _AGAIN)


def _require_open(path: Path, name: str) -> None:
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_OLE))
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from error
    if not head:
        raise InputError(f"{name} is empty.")
    if head == _OLE:
        raise InputError(f"{name} is locked with a password, or an old .xls.", "Save it as .xlsx without a password.")


def _require_sane(members: list[zipfile.ZipInfo], name: str) -> None:
    if any(one.flag_bits & 1 for one in members):
        raise InputError(f"{name} is locked with a password.", "Save it without one.")
    if not any(one.filename == _WORKBOOK for one in members):
        raise InputError(f"{name} is an archive, but no .xlsx workbook.", _AGAIN)
    unpacked, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
        raise _bomb(name, unpacked)
    most = dict.fromkeys(_DESCRIBING, _MOST_DESCRIBING) | {_STRINGS: _MOST_STRINGS}
    if any(one.file_size > most.get(one.filename, MOST_UNPACKED) for one in members):
        raise _bomb(name, unpacked)
    if unpacked > _SMALL and unpacked > MOST_RATIO * max(packed, 1):
        raise _bomb(name, unpacked)


def _bomb(name: str, unpacked: int) -> InputError:
    size = f"{unpacked >> 20} MB"
    return InputError(f"{name} unpacks to {size} or more, which no honest workbook of its size does.", _AGAIN)


def _scanned(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> Scanned:
    found, left = Scanned(), MOST_UNPACKED
    for member in members:
        if not member.filename.endswith((".xml", ".rels")):
            continue
        is_sheet = _SHEET.fullmatch(member.filename) is not None
        scanner = _Scanner(name) if is_sheet else _Prologue(name)
        with archive.open(member) as stream:
            left -= _feed(scanner, stream, left, name)
        if isinstance(scanner, _Scanner) and scanner.bare:
            found.bare[member.filename] = scanner.bare
    return found


def _feed(scanner: _Prologue, stream: IO[bytes], most: int, name: str) -> int:
    fed = 0
    for chunk in _chunks(stream):
        fed += len(chunk)
        if fed > most:
            raise _bomb(name, MOST_UNPACKED)
        scanner.parser.Parse(chunk, False)
        if scanner.is_done:
            return fed
    if fed:
        scanner.parser.Parse(b"", True)
    return fed


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


class _Prologue:
    """Looks at what stands before the root of an XML file: a document type could make it endless."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_done = False
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start

    def _refuse(self, *_: object) -> None:
        raise InputError(f"{self.name} holds XML with a DOCTYPE, which no spreadsheet writes.", _AGAIN)

    def _start(self, _tag: str, _attributes: dict[str, str]) -> None:
        self.is_done = True


class _Scanner(_Prologue):
    """Goes through a whole sheet: how far it reaches, and which formulas have no value.

    Every cell of a sheet passes here: ends and texts are listened to inside a formula's cell only.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.bare: dict[tuple[int, int], str] = {}
        self._row = self._column = self._cells = 0
        self._kind = self._formula = self._inside = ""
        self._has_value = False

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            self._kind = attributes.get("t", "")
            self._cell(attributes.get("r", ""))
        elif tag == "row":
            self._begin_row(attributes.get("r", ""))
        elif tag == "f":
            self._inside, self._formula, self._has_value = tag, "", self._kind == "str"  # may well be an empty text
            self.parser.EndElementHandler, self.parser.CharacterDataHandler = self._end, self._text
        elif tag == "v":
            self._inside = tag

    def _begin_row(self, written: str) -> None:
        found = _ROW.fullmatch(written or str(self._row + 1))
        if not found or not self._row < int(found[1]) <= MOST_ROWS:
            raise InputError(f"{self.name} has a row numbered {written[:20]} out of order.", _AGAIN)
        self._row, self._column = int(found[1]), 0

    def _cell(self, where: str) -> None:
        before = self._column
        self._column = _column(where.rstrip("0123456789")) if where else before + 1
        self._cells += 1
        if self._column > MOST_COLUMNS:
            raise InputError(f"{self.name} has cells beyond column {MOST_COLUMNS}; no more are read.")
        if self._column <= before or self._cells > MOST_CELLS:
            what = "cells out of order" if self._column <= before else f"more than {MOST_CELLS} cells"
            raise InputError(f"{self.name} has {what} in row {self._row}.", _AGAIN)

    def _text(self, text: str) -> None:
        if self._inside == "v":
            self._has_value = True
        elif self._inside == "f" and len(self._formula) < _LONGEST_FORMULA:
            self._formula += text

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag != "c":
            self._inside = ""
            return
        self.parser.EndElementHandler = self.parser.CharacterDataHandler = None
        if self._has_value:
            return
        if len(self.bare) >= MOST_BARE:
            raise InputError(
                f"{self.name} has more than {MOST_BARE} formulas without a value.",
                "Open it in a spreadsheet and save it there, so that they are computed.",
            )
        self.bare[self._row, self._column] = "=" + self._formula


@lru_cache(maxsize=2_000)
def _column(letters: str) -> int:
    """Return the number of a column; letters that are none make one beyond every bound."""
    if not 1 <= len(letters) <= _LONGEST_COLUMN or not (letters.isascii() and letters.isupper()):
        return MOST_COLUMNS + 1
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
