"""What each line on a customer's account is: told from the accounts its entry and its journal touch, not from codes."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from ar_cockpit.importing.fec.accounts import Touches
from ar_cockpit.importing.fec.lines import Book, Entry, Line

_OPENING_CODE = re.compile(r"(?:AN|ANO|ANV|ANOUV|RAN|OUV|OUVERTURE)\d*")
_OPENING_LABEL = re.compile(r"\b(?:[àa][\s-]*nouveaux?|ran)\b|\bouverture\b", re.IGNORECASE)


class Kind(StrEnum):
    """What a line means for the ledger; money back is a payment of less than nothing."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    TRANSFER = "transfer"  # between 411, 413 and 416 of one customer: settles nothing


class Journal(StrEnum):
    """What a journal is for."""

    SALES = "sales"
    MONEY = "money"
    SUNDRY = "sundry"
    OPENING = "opening"


def join_split_entries(book: Book) -> None:
    """Join entries whose lines carry several days, or a number each, wherever that balances them."""
    _join(book, lambda one: (one.journal, one.number))
    _join(book, lambda one: (one.journal, one.ref, one.on))
    for entry in book.entries:
        entry.is_unbalanced = bool(entry.balance) and not entry.touches & Touches.UNREAD


def _join(book: Book, key: Callable[[Entry], object]) -> None:
    apart: dict[object, list[int]] = defaultdict(list)
    for place, entry in enumerate(book.entries):
        if entry.balance:
            apart[key(entry)].append(place)
    moved: dict[int, int] = {}
    for places in apart.values():
        if len(places) > 1 and sum(book.entries[place].balance for place in places) == 0:
            moved |= dict.fromkeys(places[1:], places[0])
    for place, target in moved.items():
        one, into = book.entries[place], book.entries[target]
        into.balance += one.balance
        into.debit += one.debit
        into.touches |= one.touches
        one.balance = one.debit = one.touches = 0
    if moved:
        for lines in (book.lines, book.gaps):
            lines[:] = [line._replace(entry=moved.get(line.entry, line.entry)) for line in lines]


class Judge:
    """Knows every journal of a year, and says what its lines are."""

    def __init__(self, book: Book, closes_on: date | None) -> None:
        self._entries = book.entries
        self._first_day = _first_day(book.entries)
        begins_on = closes_on and _year_before(closes_on + timedelta(1))
        self._is_begin_known = begins_on in (None, self._first_day)
        self.journals = self._journals()
        self._openings = {place for place, entry in enumerate(book.entries) if self._is_opening(entry)}
        self.transfers = _transfers(book.lines, self._carries_over)

    def is_opening(self, place: int) -> bool:
        """Whether an entry carries over what last year left open."""
        return place in self._openings

    def _is_opening(self, entry: Entry) -> bool:
        if entry.touches & Touches.RESULT:
            return False
        journal = self.journals[entry.journal]
        return journal is Journal.OPENING or (
            journal is Journal.SUNDRY and self._is_begin_known and entry.on == self._first_day
        )

    def _carries_over(self, place: int) -> bool:
        return self.journals[self._entries[place].journal] is Journal.OPENING

    def kind(self, line: Line) -> Kind:
        """Return what ``line`` is."""
        if line.line in self.transfers:
            return Kind.TRANSFER
        debit = line.minor > 0
        if self.is_opening(line.entry):
            return Kind.INVOICE if debit else Kind.PAYMENT
        entry = self._entries[line.entry]
        if self._is_document(entry, debit=debit):
            return Kind.INVOICE if debit else Kind.CREDIT_NOTE
        return Kind.PAYMENT

    def _is_document(self, entry: Entry, *, debit: bool) -> bool:
        """Whether a line bills or credits; an entry of sales and money at once bills and is paid."""
        is_sale, is_money = entry.touches & Touches.SALES, entry.touches & Touches.MONEY
        if is_sale and is_money:
            return debit
        if is_sale or is_money:
            return bool(is_sale)
        if self.journals[entry.journal] is Journal.SALES:
            return True
        # Elsewhere, tax without sales is a charge passed on (debit), or a discount or a loss (credit).
        return bool(entry.touches & Touches.VAT) and debit

    def _journals(self) -> dict[str, Journal]:
        by_journal: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            by_journal[entry.journal].append(entry)
        return {code: self._journal(code, entries) for code, entries in by_journal.items()}

    def _journal(self, code: str, entries: Sequence[Entry]) -> Journal:
        balance_only = [one for one in entries if not one.touches & Touches.RESULT]
        all_balance = len(balance_only) == len(entries)
        named = _OPENING_CODE.fullmatch(code.upper().replace("-", "").replace(" ", "")) or any(
            _OPENING_LABEL.search(one.label) for one in entries[:1]
        )
        if named and len(balance_only) * 2 > len(entries):
            return Journal.OPENING
        capital = any(one.touches & Touches.CAPITAL for one in entries)
        if all_balance and capital and all(one.on == self._first_day for one in entries):
            return Journal.OPENING
        return _nature(one for one in entries if one.touches & Touches.CUSTOMERS)


def _nature(entries: Iterable[Entry]) -> Journal:
    """Return what most entries with customers are."""
    found = Counter(
        Journal.MONEY
        if one.touches & Touches.MONEY
        else Journal.SALES
        if one.touches & Touches.SALES
        else Journal.SUNDRY
        for one in entries
    )
    total = found.total()
    return next((kind for kind, count in found.most_common(1) if count * 2 > total), Journal.SUNDRY)


def _year_before(day: date) -> date:
    """Return the same day a year before; the day after a year's last one begins it."""
    return date(day.year - 1, day.month, 1) + timedelta(day.day - 1)


def _first_day(entries: Sequence[Entry]) -> date | None:
    """Return the year's first day: years begin with a month."""
    first = min((one.on for one in entries), default=None)
    return first if first and first.day == 1 else None


def _transfers(lines: Iterable[Line], carries_over: Callable[[int], bool]) -> dict[int, tuple[int, str]]:
    """Return the lines that move a customer's debt between its accounts, with the move they belong to."""
    moves: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in lines:
        moves[line.entry, line.customer].append(line)
    found: dict[int, tuple[int, str]] = {}
    for move, its in moves.items():
        if len(its) > 1 and _is_move(its) and not carries_over(move[0]):
            found |= {line.line: move for line in its}
    return found


def _is_move(lines: Sequence[Line]) -> bool:
    by_account: Counter[str] = Counter()
    for line in lines:
        by_account[line.account] += line.minor
    return len(by_account) > 1 and sum(by_account.values()) == 0 and all(by_account.values())
