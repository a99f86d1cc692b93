"""The first rows of a file, kept for the next look at them while its columns are being chosen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from ar_cockpit.importing.recognition.profile import ROWS_LOOKED_AT, Profile, profiles_of
from ar_cockpit.importing.sheets.workbook import SheetRows, tables_in
from ar_cockpit.importing.tabular.csv_file import Asked, CsvFile, opened
from ar_cockpit.importing.tabular.csv_rows import Row, rows

_ROWS_OF_A_SHEET = 5_000  # a workbook is read many times slower than a text file
_KEPT = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of one file, what each of its columns looks like, and whether that is the whole file."""

    file: CsvFile
    sheets: tuple[str, ...]
    rows: tuple[Row, ...]
    profiles: tuple[Profile, ...]
    is_whole: bool

    def profile(self, column: str) -> Profile | None:
        """Return what the column of that name looks like."""
        return next((one for one in self.profiles if one.name == column), None)


def sample_of(path: Path, name: str, sheet: str = "", mark: str = ".") -> Sample:
    """Return the first rows of the file called ``name``; numbers of a workbook are written with ``mark``.

    Raises ``InputError`` when the file cannot be read.
    """
    return _sample(path, path.stat().st_mtime_ns, name, sheet, mark)


@lru_cache(maxsize=_KEPT)
def _sample(path: Path, _changed_at: int, name: str, sheet: str, mark: str) -> Sample:
    file = opened(path, name, Asked(sheet=sheet))
    sheets: tuple[str, ...] = ()
    if file.sheet is None:
        stream, most = rows(path, file.facts.encoding, file.delimiter), ROWS_LOOKED_AT
    else:
        every = range(len(file.header))
        stream, most = SheetRows(path, name, file.sheet, every, every, mark).rows(), _ROWS_OF_A_SHEET
        sheets = tuple(head.title for head in tables_in(path, name))
    found = tuple(islice(stream, most + 1))
    shown = found[:most]
    # A formula without a value is a fault of its own column only: nobody knows yet which are used.
    looked_at = [without_fault(row) for row in shown]
    return Sample(file, sheets, shown, tuple(profiles_of(file.header, looked_at)), len(found) <= most)


def without_fault(row: Row) -> Row:
    """Return a row without the fault of one of its cells."""
    return row if row.at is None else row._replace(fault="", at=None)
