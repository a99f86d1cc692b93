"""A FEC as the ledger it holds: customers, documents, payments, what settles what, and every defect with its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from heapq import merge
from typing import NamedTuple

from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.fec.accounts import RECEIVABLE
from ar_cockpit.importing.fec.header import FecFile
from ar_cockpit.importing.fec.kinds import Judge, Kind, join_split_entries
from ar_cockpit.importing.fec.letters import completes_later, groups, in_euros, letters
from ar_cockpit.importing.fec.lines import Book, Entry, Line, read_book
from ar_cockpit.importing.fec.settling import Item, Role
from ar_cockpit.importing.fec.values import EXPONENT
from ar_cockpit.importing.records import Decision, Defect, Reject

_LONGEST_YEAR = timedelta(731)
SET_APART = " #"  # between a document's reference and what tells it from another one with the same


class Posting(NamedTuple):
    """A line with what it is.

    A document is named by its reference, and ``ordinal`` counts those of one reference and day; a payment's number
    is made from journal, day and entry, which never change.
    """

    line: Line
    kind: Kind
    number: str
    ordinal: int
    is_opening: bool
    method: str

    def item(self, number: str) -> Item:
        """Return what of it takes part in a letter."""
        is_debit = self.line.minor > 0
        if self.kind is Kind.PAYMENT:
            role, on = (Role.REFUND if is_debit else Role.PAYMENT), self.line.booked_on
        else:
            role, on = (Role.INVOICE if is_debit else Role.CREDIT_NOTE), self.line.piece_on
        return Item(role, number, on, abs(self.line.minor), self.line.line)


@dataclass(slots=True)
class Year:
    """What one file says of its customers."""

    first: date
    last: date
    closes_on: date
    names: dict[str, tuple[str, int]]  # of the customers, with their first line
    postings: list[Posting]
    groups: list[list[int]]  # lines that settle each other
    letter_of: dict[int, str]
    rejects: list[Reject]
    warnings: list[Defect]
    line_count: int
    receivable_count: int
    balance: int  # of 411, 413 and 416, in cents
    by_line: dict[int, Posting] = field(default_factory=dict)
    unread: dict[int, int] = field(default_factory=dict)  # what lines set aside say of the balance

    def __post_init__(self) -> None:
        """Make lines known by their place in the file."""
        self.by_line = {one.line.line: one for one in self.postings}
        self.unread = {one.defect.line: int((one.amount or Decimal(0)).scaleb(EXPONENT)) for one in self.rejects}

    def move(self, homes: Mapping[str, str]) -> None:
        """Give what belongs to one customer to another."""
        if homes:
            moved = (
                one.line._replace(customer=homes.get(one.line.customer, one.line.customer)) for one in self.postings
            )
            self.postings = [one._replace(line=line) for one, line in zip(self.postings, moved, strict=True)]
            self.by_line = {one.line.line: one for one in self.postings}
            for account, home in homes.items():
                self.names[home] = self.names.pop(account)


class FecReader:
    """Reads one recognised file."""

    def __init__(self, file: FecFile, progress: Callable[[int], None] = lambda _: None) -> None:
        self.file = file
        self.decisions: tuple[Decision, ...] = ()
        book = read_book(file, progress)
        if book.line_count and not (book.lines or book.rejects):
            raise InputError(
                f"{file.name} has no line on a customer's account ({', '.join(RECEIVABLE)}).",
                "Export the entries of all accounts, under the numbers of the French chart.",
            )
        self.row_count = book.line_count
        self.year = year_of(file, book)


def year_of(file: FecFile, book: Book) -> Year:
    """Return the receivables of a year from its lines."""
    join_split_entries(book)
    _gather_sub_accounts(book)
    judge = Judge(book, file.closes_on)
    first, last = _span(book.entries, file.closes_on)
    closes_on = max(last, file.closes_on) if file.closes_on else last
    warnings = [*book.warnings, *(_unbalanced(file, one) for one in book.entries if one.is_unbalanced)]
    kept = _letters(file, book, judge, closes_on, warnings)
    names: dict[str, tuple[str, int]] = {}
    for line in book.lines:
        if line.customer not in names:
            names[line.customer] = (book.names[line.customer], line.line)
    return Year(
        first,
        last,
        closes_on,
        names,
        _postings(book, judge),
        [[line.line for line in group] for group in kept],
        {line.line: line.letter for group in kept for line in group},
        book.rejects,
        warnings,
        book.line_count,
        len(book.lines),
        book.balance,
    )


def _span(entries: Sequence[Entry], closes_on: date | None) -> tuple[date, date]:
    """Return the first and the last day; a mistyped one beyond what the file's name allows does not count."""
    days = sorted(one.on for one in entries) or [date.max]
    if closes_on:
        days = [day for day in days if closes_on - _LONGEST_YEAR < day <= closes_on] or days
    return days[0], days[-1]


def _gather_sub_accounts(book: Book) -> None:
    """Give a sub-account of 413 or 416 to the customer whose sub-account of 411 ends alike."""
    plain = {line.account for line in book.lines if not line.is_auxiliary}
    home = {account: one for account in plain if (one := home_of(account)) in plain}
    if home:
        book.lines = [
            line._replace(customer=home[line.account]) if not line.is_auxiliary and line.account in home else line
            for line in book.lines
        ]


def home_of(account: str) -> str:
    """Return the account of 411 that a customer's sub-account of 413 or 416 goes with, or nothing."""
    return f"411{account[3:]}" if account[:3] in ("413", "416") and account[3:].strip("0") else ""


def _unbalanced(file: FecFile, entry: Entry) -> Defect:
    debit, credit = in_euros(entry.debit), in_euros(entry.debit - entry.balance)
    reason = f"The entry does not balance (debit {debit}, credit {credit}); its documents are unallocated"
    return Defect(entry.line, file.csv.header[file.where["EcritureNum"]], entry.number, reason)


def _letters(file: FecFile, book: Book, judge: Judge, last_day: date, warnings: list[Defect]) -> list[list[Line]]:
    """Return the groups of lines that settle each other; letters that do not sum to zero become warnings."""
    sound = []
    for letter in letters(book.lines):
        if letter.sum and not completes_later(letter, last_day):
            reason = f"The letter {letter.code} of {letter.customer} leaves {in_euros(letter.sum)}; unallocated"
            header = file.csv.header[file.where["EcritureLet"]]
            warnings.append(Defect(letter.lines[0].line, header, letter.code, reason))
        elif not letter.sum and not any(book.entries[line.entry].is_unbalanced for line in letter.lines):
            sound.append(letter)
    return groups(sound, judge.transfers)


def _postings(book: Book, judge: Judge) -> list[Posting]:
    """Return every line but the transfers as what it is, in the order of the file."""
    shared = _shared_references(line for line in book.lines if judge.is_opening(line.entry))
    documents: Counter[tuple[str, date]] = Counter()
    payments: Counter[str] = Counter()
    found = []
    for line in merge(book.lines, book.gaps, key=lambda one: one.line):
        kind, entry = judge.kind(line), book.entries[line.entry]
        if kind is Kind.TRANSFER:
            continue
        is_opening, is_gap = judge.is_opening(line.entry), not line.minor
        number, ordinal = "", 1
        if kind is Kind.PAYMENT or is_gap:
            number = _payment_number(entry, payments)
        if kind is not Kind.PAYMENT or is_gap:
            number = _reference(line, entry, is_shared=is_opening and line.ref in shared)
            documents[number, line.piece_on] += 1
            ordinal = documents[number, line.piece_on]
        if not is_gap:
            found.append(Posting(line, kind, number, ordinal, is_opening, entry.label))
    return found


def _payment_number(entry: Entry, taken: Counter[str]) -> str:
    """Return what names a payment: journal, day and entry, and its place among those of the entry."""
    told = "-".join(filter(None, (entry.journal, f"{entry.on:%Y%m%d}", entry.number or entry.ref)))
    number = told
    while taken[number]:
        taken[told] += 1
        number = f"{told}/{taken[told]}"
    taken[number] = 1
    return number


def _reference(line: Line, entry: Entry, *, is_shared: bool) -> str:
    """Return what names a document: its reference; opening entries often carry one for all customers."""
    if is_shared or not line.ref:
        told = line.ref or "-".join(filter(None, (entry.journal, entry.number)))
        return f"{told} {line.customer}" if is_shared else told
    return line.ref


def _shared_references(lines: Iterable[Line]) -> set[str]:
    customer_of: dict[str, str] = {}
    shared = {""}
    for line in lines:
        if customer_of.setdefault(line.ref, line.customer) != line.customer:
            shared.add(line.ref)
    return shared
