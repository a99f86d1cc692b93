"""Is this file a FEC? Its name, its encoding, its separator, and which of its columns is which."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.encoding import FileFacts, examine
from ar_cockpit.importing.fec.values import Dates
from ar_cockpit.importing.records import Reason, Table
from ar_cockpit.importing.tabular.columns import COLUMNS, NOTE_COLUMNS
from ar_cockpit.importing.tabular.csv_file import CsvFile, Slot

COLUMN_NAMES = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise", "Montant", "Sens"),
)
_REQUIRED = ("JournalCode", "EcritureNum", "EcritureDate", "CompteNum", "CompAuxNum", "PieceRef", "PieceDate")
_LETTER = "EcritureLet"
_SPELLINGS = {
    "compteauxnum": "CompAuxNum",
    "compteauxlib": "CompAuxLib",
    "numecriture": "EcritureNum",
    "ecriturelettrage": "EcritureLet",
    "datelettrage": "DateLet",
    "iddevise": "Idevise",
}
_NAME = re.compile(r"(\d{9})(?:\d{5})?FEC(\d{8})?.*\.(?:txt|csv|tsv)", re.IGNORECASE | re.ASCII)
_DELIMITERS = ("\t", "|", ";", ",")
_TELLING = 8  # so many of its column names no other table has
# Which column of the file stands behind a canonical one, where a defect is told.
_BEHIND = {
    "customer_id": "CompAuxNum",
    "name": "CompAuxLib",
    "invoice_number": "PieceRef",
    "invoice_date": "PieceDate",
    "description": "EcritureLib",
    "payment_id": "PieceRef",
    "payment_date": "EcritureDate",
    "reference": "PieceRef",
    "method": "JournalLib",
}


@dataclass(frozen=True, slots=True)
class FecFile:
    """A recognised FEC: where its columns are, whose it is, which year it closes, and on which day it begins."""

    csv: CsvFile
    where: dict[str, int]
    siren: str
    closes_on: date | None
    begins_on: date
    is_quoted: bool

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.csv.path

    @property
    def name(self) -> str:
        """What its owner calls it."""
        return self.csv.name

    @property
    def encoding(self) -> str:
        """How its bytes are text."""
        return self.csv.facts.encoding

    def as_table(self, table: Table) -> CsvFile:
        """Return the file as loading knows files: as one of the ledger's tables, with the columns it has of it."""
        amount = "Debit" if "Debit" in self.where else "Montant"
        behind = _BEHIND | {"amount": amount}
        slots = [Slot(column, self.where.get(behind.get(column.name, ""))) for column in COLUMNS[table]]
        return replace(self.csv, table=table, slots=tuple(slots))


def recognise_fec(path: Path, name: str = "", *, is_asked: bool = False) -> FecFile | None:
    """Return the file at ``path`` when it is a FEC, else ``None``.

    Raises ``InputError`` when it says it is one (by its name, its header or the person who asked) and cannot be read.
    """
    name = name or path.name
    named = _NAME.fullmatch(name)
    header = _header(path)
    where = _where(header[1]) if header else {}
    if not (is_asked or len(where) >= _TELLING or (named and where)):
        return None
    facts = _facts(path, name)
    delimiter, cells, is_quoted = header or ("\t", [], False)
    _require(name, where)
    csv = CsvFile(path, name, facts, delimiter, tuple(cells), Table.INVOICES, ())
    if set(NOTE_COLUMNS) <= set(cells):
        raise InputError(
            f"{name} has the lines set aside of a FEC, without the entries they belong to.",
            "Correct them in the FEC itself and import it whole again: what is there already is not doubled.",
        )
    siren, closing = (named[1], _day(named[2])) if named else ("", None)
    return FecFile(csv, where, siren, closing, _first_day(csv, where["EcritureDate"]), is_quoted)


def _header(path: Path) -> tuple[str, list[str], bool] | None:
    """Return separator, column names and whether they are quoted; ``None`` when the first line is no header."""
    try:
        with path.open("rb") as stream:
            text = _first_line(stream.read(_LONGEST_HEADER)).strip("\r\n")
    except OSError:
        return None
    found = max(_DELIMITERS, key=text.count)
    if not text.count(found):
        return None
    is_quoted = text.startswith('"')
    return found, [cell.strip().strip('"').strip() for cell in text.split(found)], is_quoted


def _first_line(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as some programs save "Unicode"
        return head.decode("utf-16", "ignore").partition("\n")[0]
    first = head.partition(b"\n")[0]
    try:
        return first.decode("utf-8-sig")
    except UnicodeDecodeError:
        return first.decode("iso8859-15")


def _where(header: Sequence[str]) -> dict[str, int]:
    """Return the place of each column, whatever its capitals, accents and blanks."""
    known = {_plain(name): name for name in COLUMN_NAMES} | _SPELLINGS
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        name = known.get(_plain(cell))
        if name:
            found.setdefault(name, place)
    return found


def _plain(cell: str) -> str:
    split = unicodedata.normalize("NFKD", cell)
    return "".join(sign for sign in split if sign.isalnum()).lower()


def _require(name: str, where: dict[str, int]) -> None:
    missing = [column for column in (*_REQUIRED, _LETTER) if column not in where]
    if not {"Debit", "Credit"} <= where.keys() and not {"Montant", "Sens"} <= where.keys():
        missing.append("Montant and Sens" if "Montant" in where or "Sens" in where else "Debit and Credit")
    if missing:
        raise InputError(
            f"{name} lacks the required column{'s' if len(missing) > 1 else ''} {', '.join(missing)} of a FEC.",
            "Export it again with the 18 columns of the article A47 A-1, named in its first line.",
        )


def _facts(path: Path, name: str) -> FileFacts:
    """Return the file's facts; eight bits without a sign of Windows are ISO-8859-15, as the law has it."""
    facts = examine(path, name)
    if facts.encoding != "cp1252":
        return facts
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            if any(sign in chunk for sign in _WINDOWS_ONLY):
                return facts
    return replace(facts, encoding="iso8859-15")


_LONGEST_HEADER = 10_000
_WINDOWS_ONLY = [bytes([sign]) for sign in range(0x80, 0xA0)]


def _day(text: str | None) -> date | None:
    read = Dates()[text or ""]
    return None if read is None or isinstance(read, Reason) else read


def _first_day(csv: CsvFile, place: int) -> date:
    """Return the day of the first entry: years are loaded in their order."""
    dates = Dates()
    with csv.path.open(encoding=csv.facts.encoding) as stream:
        for line in islice(stream, 1, 50):
            cells = line.rstrip("\n").split(csv.delimiter)
            read = dates[cells[place].strip(' "')] if len(cells) > place else None
            if read is not None and not isinstance(read, Reason):
                return read
    return date.max
