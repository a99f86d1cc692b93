"""Facts to a message: subject, text and HTML in the reader's language. Pure: no session, no clock, no network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from babel.lists import format_list
from babel.numbers import format_percent

from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.policy.model import SCRIPT, THANKS
from ar_cockpit.mail.amounts import amount
from ar_cockpit.mail.brand import LOGO_CID, QR_CID, Brand, InlineImage, transfer
from ar_cockpit.mail.coming import coming_words
from ar_cockpit.mail.days import day
from ar_cockpit.mail.enclosures import Enclosures, Paper, enclosed
from ar_cockpit.mail.layout import Look, html_frame, text_frame
from ar_cockpit.mail.texts import Labels, TemplateWords, compiled, labels_of, shipped_words

MOST_NUMBERS = 6  # of invoices named in a reference line
MOST_CREDITS = 8
LONGEST_SUBJECT = 160
_WITHOUT_PAYMENT = frozenset({THANKS, SCRIPT})
_BLANKS = re.compile("[\x00-\x20\x7f\x85\u2028\u2029]+")  # not the blank inside an amount, which keeps it together
_MANY_LINES = re.compile(r"\n{3,}")
_NARROW, _NO_BREAK = "\u202f", "\u00a0"  # some fonts all but lose the narrow one


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice of a message."""

    number: str
    invoice_on: date
    due_on: date
    open_minor: int
    po_number: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the company, where to pay, whom to call."""

    company: str
    address: str = ""
    iban: str = ""
    bic: str = ""
    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class InterestClaim:
    """What the law adds to a late payment: interest by the year and the fixed sum for the costs of recovery."""

    rate: Decimal  # in percent a year: Decimal("12.15") is 12.15 %
    interest_minor: int  # of all the message's invoices, up to and including ``until``
    fixed_minor: int  # of all the message's invoices; 0: there is none
    until: date


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything a message says."""

    template: str
    language: str
    sender: Sender
    customer_code: str
    customer_name: str
    contact_name: str
    currency: str
    lines: Sequence[Line]
    credit_notes: Sequence[tuple[str, int]] = ()
    unapplied_minor: int = 0
    is_notice: bool = False
    instalment: InstalmentDue | None = None  # the part of a payment plan that is asked for
    interest: InterestClaim | None = None
    spoke_on: date | None = None  # the day of the call that the message refers to
    spoke_with: str = ""
    enclosures: Enclosures = field(default_factory=Enclosures)
    brand: Brand = field(default_factory=Brand)
    words: TemplateWords | None = None  # the company's own; none: the shipped ones
    coming: Sequence[Line] = ()  # not due yet: told apart, outside the total that is asked for

    @property
    def listed_minor(self) -> int:
        """What is open of everything that the message names."""
        return sum(line.open_minor for line in (*self.lines, *self.coming))


@dataclass(frozen=True, slots=True)
class Composed:
    """A finished message; ``body`` is the prose above the table, which a person may reword, ``after`` that below."""

    subject: str
    body: str
    text: str
    html: str
    after: str = ""
    images: tuple[InlineImage, ...] = ()
    papers: tuple[Paper, ...] = ()


def compose(letter: Letter, *, subject: str = "", body: str = "", with_html: bool = True) -> Composed:
    """Return the message; a ``subject`` and ``body`` that are given stand as they are: text, never a template.

    What our own people read as text needs no ``with_html``, which is most of the work.
    """
    words = compiled(letter.words or shipped_words(letter.template, letter.language))
    labels = labels_of(letter.language)
    values = values_of(letter, labels)
    subject = one_line(subject or words.subject.render(values))[:LONGEST_SUBJECT]
    body = body.strip() or _opening(values["spoke"], words.before.render(values).strip())
    after = words.after.render(values).strip()
    images = _images(letter, values) if with_html else ()
    values |= {
        "subject": subject,
        "before": _paragraphs(body),
        "after": _paragraphs(after),
        "labels": labels.words,
        "table": _table(values, labels.words),
    }
    logo = letter.brand.logo
    has_qr = any(image.cid == QR_CID for image in images)
    look = Look(letter.language, letter.brand.accent, logo.shown_width if logo else 0, has_qr)
    text = _MANY_LINES.sub("\n\n", text_frame().render(values)).strip() + "\n"
    return Composed(subject, body, text, html_frame(look).render(values) if with_html else "", after, images)


def one_line(value: str) -> str:
    """Return ``value`` with line ends and control characters as one blank: nothing splits a header."""
    return _BLANKS.sub(" ", value).strip()


def values_of(letter: Letter, labels: Labels) -> dict[str, Any]:
    """Return everything that the words and the frame of a message are filled with."""
    sender, locale = letter.sender, labels.locale
    total = sum(line.open_minor for line in letter.lines)
    values: dict[str, Any] = {
        "language": letter.language,
        "company_name": sender.company,
        "address": one_line(sender.address),
        "iban": _grouped(sender.iban),
        "bic": sender.bic,
        "person": sender.person or sender.company,
        "signature": sender.person,
        "phone": sender.phone,
        "customer_name": letter.customer_name,
        "contact_name": letter.contact_name,
        "count": len(letter.lines),
        "numbers": _some(line.number for line in letter.lines),
        "oldest_due": day(min(line.due_on for line in letter.lines), locale, "long"),
        "total": amount(total, letter.currency, locale),
        "lines": [_line(line, letter.currency, labels) for line in letter.lines],
        "instalment": amount(letter.instalment.minor, letter.currency, locale) if letter.instalment else "",
        "instalment_due": day(letter.instalment.due_on, locale, "long") if letter.instalment else "",
        "asks_for_money": letter.template not in _WITHOUT_PAYMENT,
        "is_script": letter.template == SCRIPT,
        "amount_head": labels.words["amount_paid" if letter.template == THANKS else "amount"],
    }
    values["reference"] = f"{letter.customer_code} / {values['numbers']}"
    greeting = "greeting" if letter.contact_name else "greeting_unnamed"
    values["greeting"] = _say(labels, greeting, values) if letter.template != SCRIPT else ""
    values["help"] = _say(labels, "call" if sender.phone else "call_nobody", values)
    values["signed"] = _lines(letter.brand.signature) or [sender.company]
    values["foot"] = _foot(letter, labels, values)
    values["coming"] = coming_words(letter.coming, letter.currency, labels)
    values["credits"] = _credits(letter, labels)
    values["interest"] = interest_words(letter, labels)
    values["spoke"] = _spoke(letter, labels)
    values["enclosed"] = enclosed(letter.enclosures, labels)
    return values


def _say(labels: Labels, key: str, values: dict[str, Any]) -> str:
    return labels.sentences[key].render(values)


def _foot(letter: Letter, labels: Labels, values: dict[str, Any]) -> list[str]:
    """Return the small print: where the company sits, what the law wants said, how to be left alone."""
    small_print = letter.brand.legal  # what the law wants said stands there in another language rather than not at all
    legal = _lines(small_print.get(letter.language) or next(iter(small_print.values()), ""))
    address = values["address"]
    notice = [_say(labels, "unsubscribe", values)] if letter.is_notice else []
    return [*([f"{letter.sender.company} · {address}"] if address else []), *legal, *notice]


def _lines(written: str) -> list[str]:
    return [line.strip() for line in written.splitlines() if line.strip()]


def _opening(spoke: str, before: str) -> str:
    """Return the first words; German and Italian begin small after the greeting's comma, but not after a sentence."""
    return f"{spoke} {before[:1].upper()}{before[1:]}" if spoke else before


def _images(letter: Letter, values: dict[str, Any]) -> tuple[InlineImage, ...]:
    """Return the pictures of the HTML part; a code to scan only where euros are asked for and an IBAN is known."""
    brand, sender = letter.brand, letter.sender
    images = [InlineImage(LOGO_CID, brand.logo.sha256)] if brand.logo else []
    if brand.shows_qr and values["asks_for_money"] and letter.currency == "EUR":
        total = letter.instalment.minor if letter.instalment else sum(line.open_minor for line in letter.lines)
        asked = transfer(sender.company, sender.iban, sender.bic, total, values["reference"])
        images += [InlineImage(QR_CID, transfer=asked)] if asked else []
    return tuple(images)


def _line(line: Line, currency: str, labels: Labels) -> dict[str, str]:
    return {
        "number": line.number,
        "order": _say(labels, "order", {"po_number": line.po_number}) if line.po_number else "",
        "dated": day(line.invoice_on, labels.locale),
        "due": day(line.due_on, labels.locale),
        "amount": amount(line.open_minor, currency, labels.locale),
    }


def _credits(letter: Letter, labels: Labels) -> str:
    """Return the sentence that names credit notes and unapplied cash, empty when there is nothing."""

    def words(key: str, minor: int, number: str = "") -> str:
        return _say(labels, key, {"number": number, "amount": amount(minor, letter.currency, labels.locale)})

    named = [words("credit_note", minor, number) for number, minor in letter.credit_notes[:MOST_CREDITS]]
    if letter.unapplied_minor > 0:
        named.append(words("unapplied", letter.unapplied_minor))
    if not named:
        return ""
    return _say(labels, "credits", {"credits": format_list(named, locale=labels.locale)})


def interest_words(letter: Letter, labels: Labels) -> str:
    """Return the sentence that names what the law adds, empty when the message does not."""
    claim = letter.interest
    if claim is None or not (claim.interest_minor or claim.fixed_minor):
        return ""
    rate = format_percent(claim.rate / 100, locale=labels.locale, decimal_quantization=False)
    interest, fixed = claim.interest_minor, claim.fixed_minor
    values = {
        "rate": rate.replace(_NARROW, _NO_BREAK),
        "interest": amount(interest, letter.currency, labels.locale) if interest else "",
        "fixed": amount(fixed, letter.currency, labels.locale) if fixed else "",
        "until": day(claim.until, labels.locale, "long"),
    }
    return _say(labels, "interest", values)


def _spoke(letter: Letter, labels: Labels) -> str:
    """Return the sentence that refers to a call, empty when there was none."""
    if letter.spoke_on is None:
        return ""
    values = {"spoke_on": day(letter.spoke_on, labels.locale, "long"), "spoke_with": one_line(letter.spoke_with)}
    return _say(labels, "spoke", values)


def _some(numbers: Iterable[str]) -> str:
    given = iter(numbers)
    some = list(islice(given, MOST_NUMBERS))
    return ", ".join(some) + (", …" if next(given, None) is not None else "")


def _grouped(iban: str) -> str:
    bare = "".join(iban.split())
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))


def _paragraphs(prose: str) -> list[str]:
    return [one.strip() for one in re.split(r"\n\s*\n", prose.replace("\r\n", "\n")) if one.strip()]


def _table(values: dict[str, Any], words: Any) -> str:
    head = (words["invoice"], words["dated"], words["due"], values["amount_head"])
    rows = [(line["number"], line["dated"], line["due"], line["amount"]) for line in values["lines"]]
    rows_and_sum = [head, *rows, (words["total"], "", "", values["total"])]
    widths = [max(len(row[place]) for row in rows_and_sum) for place in range(4)]
    written = [_row(row, widths) for row in rows_and_sum]
    rule = "-" * max(len(row) for row in written)
    return "\n".join([written[0], rule, *written[1:-1], rule, written[-1]])


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    left = "  ".join(cell.ljust(width) for cell, width in zip(cells[:3], widths[:3], strict=True))
    return f"{left}  {cells[3].rjust(widths[3])}"
