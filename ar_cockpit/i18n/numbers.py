"""Amounts, counts and days as the reader writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import locale_of

NOT_AVAILABLE = "—"  # a figure that cannot be computed; never 0
_WHOLE = {"en": "¤#,##0", "fr": "#,##0\u00a0¤"}


def money(minor: int | None, currency: str, language: str) -> str:
    """Return whole units with the currency: ``€1,234,567``."""
    if minor is None:
        return NOT_AVAILABLE
    return tidy(with_currency(minor, currency, language, _WHOLE[language]))


def number(value: float | Decimal | None, language: str, digits: int = 0) -> str:
    """Return a count or a number of days, grouped, with ``digits`` decimals."""
    if value is None:
        return NOT_AVAILABLE
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return tidy(format_decimal(value, pattern, locale=locale_of(language)))


def day(on: date | None, language: str) -> str:
    """Return ``19 Nov 2026``."""
    return date_in(on, "d MMM y", language)


def major(minor: int, currency: str) -> Decimal:
    """Return an amount in major units, exact."""
    return Decimal(minor).scaleb(-exponent(currency))


def with_currency(minor: int, currency: str, language: str, pattern: str) -> str:
    """Return an amount with its currency as ``pattern`` places them."""
    units = major(minor, currency)
    return format_currency(units, currency, pattern, locale=locale_of(language), currency_digits=False)


def tidy(text: str) -> str:
    """Return ``text`` with blanks and signs that every font has."""
    # U+202F, in French groups, nearly vanishes in fonts that lack it; a true minus is as wide as a figure.
    return text.replace("\u202f", "\u00a0").replace("-", "\u2212")


def date_in(on: date | None, pattern: str, language: str) -> str:
    """Return a day as ``pattern`` writes it."""
    return NOT_AVAILABLE if on is None else tidy(format_date(on, pattern, locale=locale_of(language)))
