"""A report's cells in words, and the choices around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ar_cockpit.domain.reports.definition import Definition, Row, Table
from ar_cockpit.domain.reports.sources import SOURCES, Field, Kind
from ar_cockpit.i18n import say
from ar_cockpit.services.reports.words import field_label, text_words
from ar_cockpit.state.display import rows

SHOWN = 100
MOST_SHOWN = 2_000  # on a screen; the files hold all


@dataclass
class ReportItem:
    """A report to choose."""

    key: str
    name: str
    note: str
    href: str
    is_chosen: bool


@dataclass
class Cell:
    """A cell of the table."""

    text: str
    kind: str  # num or empty
    href: str = ""


@dataclass
class Line:
    """A row of the table."""

    cells: list[Cell] = field(default_factory=list)


@dataclass
class Head:
    """A column's head; ``order`` is ascending, descending or none."""

    key: str
    label: str
    kind: str
    order: str


@dataclass
class ColumnItem:
    """A column that may be shown."""

    key: str
    label: str
    is_shown: bool


def rows_shown(params: Mapping[str, str]) -> int:
    """Return how many rows an address asks for, in whole steps; a wrong number counts as not said."""
    told = params.get("rows", "")
    asked = int(told) if told.isascii() and told.isdigit() and len(told) < 6 else SHOWN
    return max(SHOWN, min(MOST_SHOWN, asked))


def heads(definition: Definition, language: str) -> list[Head]:
    """Return the heads of the columns shown."""
    direction = "descending" if definition.descending else "ascending"
    return [
        Head(
            one.key,
            field_label(one.key, language),
            "num" if one.is_numeric else "",
            direction if one.key == definition.sort else "none",
        )
        for one in definition.fields
    ]


def column_items(definition: Definition, language: str) -> list[ColumnItem]:
    """Return every column of the source, those shown first in their order."""
    shown = [*definition.columns]
    others = [one.key for one in SOURCES[definition.source] if one.key not in shown]
    return [ColumnItem(key, field_label(key, language), key in shown) for key in (*shown, *others)]


def lines(found: Table, language: str, ways: Callable[[Row], Mapping[str, str]], most: int = SHOWN) -> list[Line]:
    """Return the first rows in words, with where their cells lead."""
    return [_line(row, found, language, ways(row)) for row in found.rows[:most]]


def _line(row: Row, found: Table, language: str, led: Mapping[str, str]) -> Line:
    return Line([replace(_cell(row, one, language), href=led.get(one.key, "")) for one in found.fields])


def foot(found: Table, language: str, led: Mapping[str, str]) -> list[Cell]:
    """Return the sums of all rows with where they lead, under their columns; empty when nothing adds up."""
    adding = [one for one in found.fields if one.key in found.sums and one.adds_up]
    if not adding or not found.rows:
        return []
    cells = [
        replace(_cell(found.sums, one, language), href=led.get(one.key, ""))
        if one in adding
        else Cell("", "num" if one.is_numeric else "")
        for one in found.fields
    ]
    if cells and found.fields[0] not in adding:
        cells[0] = Cell(say(language, "executive.all"), "")
    return cells


def words_of(row: Row, one: Field, language: str) -> str:
    """Return a value as it is read."""
    value, currency = row.get(one.key), str(row.get("currency") or "")
    return "" if value is None or value == "" else _WORDS[one.kind](value, one, currency, language)


def _cell(row: Row | Mapping[str, Any], one: Field, language: str) -> Cell:
    told = words_of(row, one, language)
    return Cell(told or (rows.NOTHING if one.is_numeric else ""), "num" if one.is_numeric else "")


def _text(value: Any, one: Field, _currency: str, language: str) -> str:
    return text_words(str(value), one, language)


def _day(value: date, _one: Field, _currency: str, language: str) -> str:
    return rows.day(value, language)


def _amount(value: int, _one: Field, currency: str, language: str) -> str:
    return rows.amount_cents(value, currency, language) if currency else rows.number(value, language)


def _count(value: int, _one: Field, _currency: str, language: str) -> str:
    return rows.number(value, language)


def _number(value: float, _one: Field, _currency: str, language: str) -> str:
    return rows.number(value, language, 1)


def _share(value: float, _one: Field, _currency: str, language: str) -> str:
    return rows.percent(value, language)


_WORDS: dict[Kind, Any] = {
    Kind.TEXT: _text,
    Kind.DATE: _day,
    Kind.AMOUNT: _amount,
    Kind.COUNT: _count,
    Kind.NUMBER: _number,
    Kind.SHARE: _share,
}
