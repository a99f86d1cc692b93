"""The values of a report in words, for whoever reads them on paper or in a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.reports.definition import Row, Table
from ar_cockpit.domain.reports.sources import Field, Kind
from ar_cockpit.i18n import locale_of, say
from ar_cockpit.mail.papers.report import MOST_ROWS, PrintedColumn, PrintedReport
from ar_cockpit.services.reports.words import field_label, text_words

_WIDE = frozenset({"customer", "collector", "reason"})


def told(row: Row, one: Field, language: str) -> str:
    """Return a value in words; what is not known is empty."""
    value, currency = row.get(one.key), str(row.get("currency") or "")
    if value is None:
        return ""
    if isinstance(value, date):
        return format_date(value, "d MMM y", locale=locale_of(language)).replace("\u202f", "\u00a0")
    if one.kind is Kind.TEXT:
        return text_words(str(value), one, language)
    if one.kind is Kind.AMOUNT:
        digits = exponent(currency) if currency else 0
        return _number(Decimal(value).scaleb(-digits), digits, language)
    if one.kind is Kind.SHARE:
        return say(language, "targets.percent", number=_number(100 * value, 1, language))
    return _number(value, 1 if one.kind is Kind.NUMBER else 0, language)


def printed(found: Table, name: str, about: str, language: str, on: date, *, most: int = MOST_ROWS) -> PrintedReport:
    """Return a report as it is printed, with at most so many rows."""
    rows = found.rows[:most]
    fields = found.fields
    first, amounts = fields[0], [one for one in fields if one.kind is Kind.AMOUNT]
    named = next((one for one in fields if one.key in _WIDE), first)
    more = len(found.rows) - len(rows)
    return PrintedReport(
        language=language,
        title=name,
        about=about,
        foot=say(language, "reports.print.foot", day=format_date(on, "d MMM y", locale=locale_of(language))),
        page=say(language, "reports.print.page", page="{page}", pages="{pages}"),
        columns=[PrintedColumn(field_label(one.key, language), one.is_numeric, one is named) for one in fields],
        rows=[[told(row, one, language) for one in fields] for row in rows],
        sums=_sums(found, fields, language),
        bars_title=field_label(amounts[0].key, language) if amounts else "",
        bars=[_bar(row, named, amounts[0], language) for row in rows] if amounts else [],
        empty=say(language, "reports.empty"),
        note=say(language, "reports.print.more", number=_number(more, 0, language)) if more else "",
    )


def _bar(row: Row, named: Field, amount: Field, language: str) -> tuple[str, float, str]:
    return told(row, named, language), float(row.get(amount.key) or 0), told(row, amount, language)


def _sums(found: Table, fields: Sequence[Field], language: str) -> list[str]:
    """Return the foot of the table, empty where nothing adds up."""
    if not any(one.key in found.sums and one.adds_up for one in fields):
        return []
    cells = [told(found.sums, one, language) if one.adds_up and one.key in found.sums else "" for one in fields]
    return [cells[0] or say(language, "executive.all"), *cells[1:]]


def _number(value: float | Decimal, digits: int, language: str) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, pattern, locale=locale_of(language)).replace("\u202f", "\u00a0")
