"""The statement of account: what is open, what we hold, and how old it is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ar_cockpit.domain.figures.ageing import BUCKETS, bucket_for, days_overdue
from ar_cockpit.mail.papers.frame import Pairs, column, frame, how_to_pay, reference_of
from ar_cockpit.mail.papers.parties import Recipient, Seller
from ar_cockpit.mail.papers.wording import Words, words_of


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A document that is open: an invoice, or a credit note with negative amounts."""

    number: str
    invoice_on: date
    due_on: date
    amount_minor: int
    open_minor: int
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything open of one customer in one currency."""

    language: str
    on: date
    seller: Seller
    recipient: Recipient
    currency: str
    lines: Sequence[OpenLine]  # the oldest due date first
    unapplied_minor: int = 0

    @property
    def invoices(self) -> list[OpenLine]:
        """What the customer owes."""
        return [line for line in self.lines if line.open_minor > 0]

    @property
    def credit_notes(self) -> list[OpenLine]:
        """What we owe it for documents."""
        return [line for line in self.lines if line.open_minor < 0]


def statement_sheet(statement: Statement) -> dict[str, Any]:
    """Return the sheet of a statement of account."""
    words = words_of(statement.language)
    sheet = frame(words, statement.language, statement.seller, statement.recipient, statement.on)
    sheet["title"] = sheet["subject"] = words.say("statement_subject", date=words.day(statement.on, "long"))
    has_lines = bool(statement.lines or statement.unapplied_minor > 0)
    sheet["before"] = [words.say("statement_before" if has_lines else "nothing_open")]
    if has_lines:
        sheet |= {"columns": _columns(words), "rows": _rows(words, statement), "sums": _sums(words, statement)}
    if statement.invoices:
        numbers = [line.number for line in statement.invoices]
        sheet["ageing"] = _ageing(words, statement)
        sheet["pay"] = how_to_pay(words, statement.seller, reference_of(statement.recipient, numbers))
    if statement.seller.person:
        sheet["references"].append((words.say("contact"), statement.seller.person))
    return sheet


def _columns(words: Words) -> list[dict[str, Any]]:
    return [
        column(words.say("invoice"), number=False, wide=True),
        column(words.say("dated"), number=False),
        column(words.say("due"), number=False),
        column(words.say("days")),
        column(words.say("amount")),
        column(words.say("open")),
    ]


def _rows(words: Words, statement: Statement) -> list[list[str]]:
    rows = [_row(words, statement, line) for line in (*statement.invoices, *statement.credit_notes)]
    if statement.unapplied_minor > 0:
        held = words.amount(-statement.unapplied_minor, statement.currency)
        rows.append([words.say("unapplied"), "", "", "", "", held])
    return rows


def _row(words: Words, statement: Statement, line: OpenLine) -> list[str]:
    late = days_overdue(line.due_on, statement.on) if line.open_minor > 0 else 0
    name = line.number if line.open_minor > 0 else f"{words.say('credit_note')} {line.number}"
    return [
        f"{name} ({words.say('disputed')})" if line.is_disputed else name,
        words.day(line.invoice_on),
        words.day(line.due_on) if line.open_minor > 0 else "",
        str(late) if late else "",
        words.amount(line.amount_minor, statement.currency),
        words.amount(line.open_minor, statement.currency),
    ]


def _sums(words: Words, statement: Statement) -> Pairs:
    owed = sum(line.open_minor for line in statement.invoices)
    held = sum(line.open_minor for line in statement.credit_notes) - max(0, statement.unapplied_minor)
    told = [("invoices_total", owed), *([("credits_total", held)] if held else []), ("balance", owed + held)]
    return [(words.say(key), words.amount(minor, statement.currency)) for key, minor in told]


def _ageing(words: Words, statement: Statement) -> Pairs:
    sums = dict.fromkeys((bucket.key for bucket in BUCKETS), 0)
    for line in statement.invoices:
        sums[bucket_for(days_overdue(line.due_on, statement.on)).key] += line.open_minor
    return [(_span(words, key), words.amount(minor, statement.currency)) for key, minor in sums.items()]


def _span(words: Words, key: str) -> str:
    if key in words.told:
        return words.say(key)
    first, _, last = key.partition("-")
    return words.say("span", first=first, last=last)
