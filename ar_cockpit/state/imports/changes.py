"""What an import changes, ready to draw: a few sentences at a glance, then old and new values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import count, say
from ar_cockpit.state.display import rows

LINES_SHOWN = 12
_SENTENCES_SHOWN = 6
_ISO_LENGTH = 10
_OWN_WORDS = {"due_date", "invoice_date", "amount", "credit_limit", "payment_date"}


@dataclass
class ChangedLine:
    """One value before and after."""

    what: str
    company: str
    column: str
    old: str
    new: str


@dataclass
class ChangesShown:
    """The sentences, the first values, how many more there are, and where the whole difference is."""

    sentences: list[str] = field(default_factory=list)
    lines: list[ChangedLine] = field(default_factory=list)
    more: str = ""
    href: str = ""


def changes_shown(told: Mapping[str, Any] | None, href: str, language: str) -> ChangesShown:
    """Return what a report tells of changes; reports of older imports tell nothing."""
    if not told or not (told["changed"] or told["removed"]):
        return ChangesShown(href=href)
    sentences = [_sentence(one, told, language) for one in told["fields"][:_SENTENCES_SHOWN]]
    if told["removed"]:
        sentences.append(count(language, "imports.changes.removed", told["removed"]))
    lines = list(_lines(told, language))
    values = sum(int(one["count"]) for one in told["fields"]) + int(told["removed"])
    hidden = values - len(lines[:LINES_SHOWN])
    more = count(language, "imports.changes.more", hidden, total=rows.number(hidden, language)) if hidden > 0 else ""
    return ChangesShown(sentences, lines[:LINES_SHOWN], more, href)


def _sentence(one: Mapping[str, Any], told: Mapping[str, Any], language: str) -> str:
    """Return ``3 due dates move``; the only change of its kind shows its values too."""
    name, number = one["field"], int(one["count"])
    total = rows.number(number, language)
    if name in _OWN_WORDS:
        words = count(language, f"imports.changes.of.{name}", number, total=total)
    else:
        words = count(language, "imports.changes.of_field", number, total=total, field=name)
    if number > 1:
        return words
    found = ((row, value) for row in told["rows"] for value in row["fields"])
    only = next((value for row, value in found if (row["table"], value["field"]) == (one["table"], name)), None)
    return f"{words} {_arrow(only, language)}" if only else words


def _arrow(value: Mapping[str, Any], language: str) -> str:
    old, new = (_shown(value[side], value["currency"], language) for side in ("old", "new"))
    return f"{old or rows.NOTHING} → {new or rows.NOTHING}"


def _lines(told: Mapping[str, Any], language: str) -> Iterator[ChangedLine]:
    for row in told["rows"]:
        what = say(language, f"imports.changes.row.{row['table']}", name=row["key"])
        if row["outcome"] == "removed":
            yield ChangedLine(what, row["company"], "", what, say(language, "imports.changes.gone"))
            continue
        for value in row["fields"]:
            old, new = (_shown(value[side], value["currency"], language) for side in ("old", "new"))
            yield ChangedLine(what, row["company"], value["field"], old or rows.NOTHING, new or rows.NOTHING)


def _shown(value: str, currency: str, language: str) -> str:
    """Return a value as the reader writes it: dates and amounts are told as files hold them."""
    if currency and value:
        return rows.money_cents(int(Decimal(value).scaleb(exponent(currency))), currency, language)
    if len(value) == _ISO_LENGTH and value[4] == value[7] == "-":
        try:
            return rows.day(date.fromisoformat(value), language)
        except ValueError:
            return value
    return value
