"""What every paper has around its content: who writes to whom, when and where, and how to pay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel import Locale

from ar_cockpit.mail.compose import one_line
from ar_cockpit.mail.papers.parties import Recipient, Seller, address_lines
from ar_cockpit.mail.papers.wording import Words

Pairs = list[tuple[str, str]]


def frame(words: Words, language: str, seller: Seller, recipient: Recipient, on: date) -> dict[str, Any]:
    """Return a sheet without content; whatever draws a paper puts its own in."""
    sender = address_lines(seller.address)
    place, written_on = seller.place, words.day(on, "long")
    contact = [one for one in (seller.phone, seller.email) if one]
    return {
        "language": language,
        "title": "",
        "window": seller.window,
        "registered": "",
        "return_line": " · ".join([seller.name, *sender]),
        "sender": {"name": seller.name, "lines": [*sender, *contact]},
        "recipient": _address(words, seller, recipient),
        "place_and_date": words.say("place_and_date", place=place, date=written_on) if place else written_on,
        "references": [(words.say("your_account"), recipient.code)],
        "subject": "",
        "before": [],
        "columns": [],
        "rows": [],
        "totals": [],
        "sums": [],
        "ageing": [],
        "after": [],
        "pay_title": words.say("pay_title"),
        "pay": [],
        "closing": words.say("closing"),
        "signature": [],
        "foot": " · ".join([seller.name, *sender, *contact]),
        "legal": seller.legal(language),
        "accent": seller.accent,
        "logo": seller.brand.logo.sha256 if seller.brand.logo else "",
        "page": words.say("page", page="{page}", pages="{pages}"),
    }


def column(label: str, *, number: bool = True, wide: bool = False) -> dict[str, Any]:
    """Return a column of the table: numbers stand on the right, one column takes the room that is left."""
    return {"label": label, "number": number, "wide": wide}


def how_to_pay(words: Words, seller: Seller, reference: str) -> Pairs:
    """Return the lines that say where the money goes."""
    if not seller.iban:
        return [(words.say("pay_to"), words.say("no_iban"))]
    lines = [(words.say("pay_to"), seller.name), ("IBAN", _grouped(seller.iban))]
    if seller.bic:
        lines.append(("BIC", seller.bic))
    return [*lines, (words.say("pay_reference"), reference)]


def reference_of(recipient: Recipient, numbers: Sequence[str], most: int = 6) -> str:
    """Return what the customer tells its bank: its account with us, and the invoices while they are few."""
    told = ", ".join(numbers[:most]) + (", …" if len(numbers) > most else "")
    return f"{recipient.code} / {told}" if told else recipient.code


def _address(words: Words, seller: Seller, recipient: Recipient) -> list[str]:
    person = words.say("attention", name=recipient.person) if recipient.person else ""
    abroad = recipient.country.upper() if recipient.country.upper() != seller.country.upper() else ""
    country = Locale.parse(words.told["locale"]).territories.get(abroad, abroad).upper() if abroad else ""
    return [one_line(one) for one in (recipient.name, person, *recipient.lines, country) if one]


def _grouped(iban: str) -> str:
    bare = "".join(iban.split())
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))
