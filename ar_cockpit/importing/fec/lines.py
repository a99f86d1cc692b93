"""One pass over a FEC: its entries in short, and the lines on customers' accounts in full."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ar_cockpit.importing.fec.accounts import RECEIVABLE, Touches, touch
from ar_cockpit.importing.fec.header import FecFile
from ar_cockpit.importing.fec.values import EXPONENT, Amounts, Dates, side
from ar_cockpit.importing.records import Defect, Reason, Reject
from ar_cockpit.importing.values.texts import KEY_LENGTH, NAME_LENGTH, without_control

CURRENCY = "EUR"
_REF_LENGTH = 80
_PROGRESS_EVERY = 20_000


@dataclass(slots=True)
class Entry:
    """One accounting entry: its place in the journals, its balance in cents, and what it touches."""

    journal: str
    label: str
    number: str
    ref: str
    on: date
    line: int
    balance: int = 0
    debit: int = 0
    touches: int = 0
    is_unbalanced: bool = False


class Line(NamedTuple):
    """One line on a customer's account; ``minor`` is its debit less its credit, in cents."""

    line: int
    entry: int
    customer: str
    account: str
    is_auxiliary: bool
    ref: str
    piece_on: date
    booked_on: date
    minor: int
    letter: str
    lettered_on: date | None
    label: str


@dataclass(slots=True)
class Book:
    """What was read of a file."""

    entries: list[Entry] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # of the customers, by their account
    rejects: list[Reject] = field(default_factory=list)
    warnings: list[Defect] = field(default_factory=list)
    line_count: int = 0
    gaps: list[Line] = field(default_factory=list)  # lines set aside: they keep their place among the numbers
    balance: int = 0  # of the customers' accounts, lines set aside included as far as they could be read


def read_book(file: FecFile, progress: Callable[[int], None] = lambda _: None) -> Book:
    """Read the file; a line that cannot be read is set aside with the reason."""
    reading = _Reading(file)
    for line, cells in _cells(file):
        reading.take(line, cells)
        if reading.book.line_count % _PROGRESS_EVERY == 0:
            progress(reading.book.line_count)
    return reading.book


def _cells(file: FecFile) -> Iterator[tuple[int, list[str]]]:
    """Yield the physical lines below the header with their cells; a FEC has no quotation, with few exceptions."""
    delimiter, quoted = file.csv.delimiter, file.is_quoted
    with file.path.open(encoding=file.encoding) as stream:
        next(stream, None)
        for line, text in enumerate(stream, 2):
            written = text.rstrip("\n")
            cells = next(csv.reader([written], delimiter=delimiter), []) if quoted else written.split(delimiter)
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield line, cells


class _Reading:
    """One file on its way through; cells that repeat are kept once."""

    def __init__(self, file: FecFile) -> None:
        self.book = Book()
        self._header, self._where = file.csv.header, file.where
        self._width = len(file.csv.header)
        self._amounts, self._dates = Amounts(), Dates()
        self._entries: dict[tuple[str, str, date], int] = {}
        self._texts: dict[str, str] = {}
        self._has_sides = "Debit" in file.where and "Credit" in file.where
        names = ("Debit", "Credit") if self._has_sides else ("Montant", "Sens")
        self._debit, self._credit = (file.where[name] for name in names)
        self._letter, self._lettered = file.where["EcritureLet"], file.where.get("DateLet", -1)

    def take(self, line: int, cells: list[str]) -> None:
        """Take one line, or set it aside."""
        self.book.line_count += 1
        if len(cells) > self._width and not any(cells[self._width :]):
            cells = cells[: self._width]
        if len(cells) != self._width:
            reason = f"The row has {len(cells)} cells where the header has {self._width}"
            self._reject(Defect(line, "", "\t".join(cells)[:200], reason), cells, None)
            return
        booked = self._booked(line, cells)
        if booked is None:
            return
        account = cells[self._where["CompteNum"]]
        place = self._entry(line, cells, booked)
        entry = self.book.entries[place]
        entry.touches |= touch(account)
        minor = self._amount(line, cells, entry)
        if account.startswith(RECEIVABLE):
            self._receivable(line, cells, place, minor)

    def _booked(self, line: int, cells: list[str]) -> date | None:
        read = self._dates[cells[self._where["EcritureDate"]]]
        if isinstance(read, date):
            return read
        reason = str(read) if isinstance(read, Reason) else "Empty, and it is required"
        self._reject(self._defect(line, cells, "EcritureDate", reason), cells, self._written_amount(cells))
        return None

    def _entry(self, line: int, cells: list[str], booked: date) -> int:
        """Return the place of the line's entry, made when it is its first line."""
        where = self._where
        journal, number = cells[where["JournalCode"]], cells[where["EcritureNum"]]
        key = (journal, number or cells[where["PieceRef"]], booked)
        place = self._entries.get(key)
        if place is None:
            place = self._entries[key] = len(self.book.entries)
            label = cells[where["JournalLib"]] if "JournalLib" in where else ""
            one = Entry(self._once(journal), self._once(label), number, cells[where["PieceRef"]], booked, line)
            self.book.entries.append(one)
        return place

    def _amount(self, line: int, cells: list[str], entry: Entry) -> int | None:
        """Return debit less credit, and add it to its entry; set the line aside when it has both or neither."""
        found = self._two_sided(cells) if self._has_sides else self._one_sided(cells)
        if isinstance(found, int):
            entry.balance += found
            entry.debit += max(found, 0)
            return found
        self._unread(line, cells, entry, *found)
        return None

    def _two_sided(self, cells: list[str]) -> int | tuple[str, Reason]:
        debit, credit = self._amounts[cells[self._debit]], self._amounts[cells[self._credit]]
        if isinstance(debit, Reason):
            return "Debit", debit
        if isinstance(credit, Reason):
            return "Credit", credit
        if (not debit) == (not credit):
            return "Debit", _BOTH if debit else _NEITHER
        return debit - credit

    def _one_sided(self, cells: list[str]) -> int | tuple[str, Reason]:
        amount, sign = self._amounts[cells[self._debit]], side(cells[self._credit])
        if isinstance(amount, Reason):
            return "Montant", amount
        if isinstance(sign, Reason):
            return "Sens", sign
        return amount * sign or ("Montant", _NEITHER)

    def _unread(self, line: int, cells: list[str], entry: Entry, column: str, reason: Reason) -> None:
        entry.touches |= Touches.UNREAD
        self._reject(self._defect(line, cells, column, reason), cells, self._written_amount(cells))

    def _receivable(self, line: int, cells: list[str], place: int, minor: int | None) -> None:
        where, book = self._where, self.book
        column = "CompAuxNum" if cells[where["CompAuxNum"]] else "CompteNum"
        customer = self._clean(line, cells, column)
        if minor is None or len(customer) > KEY_LENGTH:
            book.gaps.append(self._line(line, cells, place, customer, 0))
            if minor is not None:
                self._unread(line, cells, book.entries[place], column, Reason(f"Longer than {KEY_LENGTH} characters"))
            return
        book.balance += minor
        book.lines.append(self._line(line, cells, place, customer, minor))
        if customer not in book.names:
            name = self._clean(line, cells, "CompAuxLib" if column == "CompAuxNum" else "CompteLib")
            book.names[self._once(customer)] = name[:NAME_LENGTH] or customer

    def _line(self, line: int, cells: list[str], place: int, customer: str, minor: int) -> Line:
        where, once, booked = self._where, self._once, self.book.entries[place].on
        lettered = self._dates[cells[self._lettered]] if self._lettered >= 0 else None
        return Line(
            line,
            place,
            once(customer),
            once(cells[where["CompteNum"]]),
            bool(cells[where["CompAuxNum"]]),
            self._clean(line, cells, "PieceRef")[:_REF_LENGTH],
            self._piece_on(line, cells, booked),
            booked,
            minor,
            once(cells[self._letter]),
            lettered if isinstance(lettered, date) else None,
            self._clean(line, cells, "EcritureLib")[:NAME_LENGTH],
        )

    def _piece_on(self, line: int, cells: list[str], booked: date) -> date:
        """Return the document's date; without a readable one it is the day of the entry."""
        read = self._dates[cells[self._where["PieceDate"]]]
        if isinstance(read, Reason):
            reason = "No date; the day of the entry is taken"
            self.book.warnings.append(self._defect(line, cells, "PieceDate", reason))
            return booked
        return read or booked

    def _clean(self, line: int, cells: list[str], column: str) -> str:
        place = self._where.get(column)
        if place is None:
            return ""
        text = cells[place]
        if text.isprintable():
            return text
        clean = without_control(text).strip()
        if clean != text:
            reason = "Line ends and control characters became one space"
            self.book.warnings.append(Defect(line, self._header[place], text, reason))
        return clean

    def _once(self, text: str) -> str:
        return self._texts.setdefault(text, text)

    def _written_amount(self, cells: Sequence[str]) -> Decimal | None:
        """Return what a line set aside says of the customers' balance, as far as it can be read."""
        if not cells[self._where["CompteNum"]].startswith(RECEIVABLE):
            return None
        first = self._amounts[cells[self._debit]]
        if self._has_sides:
            second = self._amounts[cells[self._credit]]
            minor = sum(one * sign for one, sign in ((first, 1), (second, -1)) if isinstance(one, int))
        else:
            sign = side(cells[self._credit])
            minor = first * sign if isinstance(first, int) and isinstance(sign, int) else 0
        return Decimal(minor).scaleb(-EXPONENT)

    def _defect(self, line: int, cells: Sequence[str], column: str, reason: str) -> Defect:
        place = self._where[column]
        return Defect(line, self._header[place], cells[place], reason)

    def _reject(self, defect: Defect, cells: Sequence[str], amount: Decimal | None) -> None:
        if amount is not None:
            self.book.balance += int(amount.scaleb(EXPONENT))
        self.book.rejects.append(Reject(defect, cells, amount, CURRENCY, ""))


_BOTH = Reason("Both Debit and Credit")
_NEITHER = Reason("Neither Debit nor Credit")
