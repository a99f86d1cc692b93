"""More of what readers see written: cents, short amounts, shares, rates and days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.numbers import format_compact_currency, format_decimal, get_currency_symbol

from ar_cockpit.domain.money import exponent
from ar_cockpit.i18n import locale_of
from ar_cockpit.i18n.numbers import NOT_AVAILABLE, date_in, day, major, money, number, tidy, with_currency

__all__ = ["NOT_AVAILABLE", "day", "money", "number"]

NOTHING = "–"  # an empty count in a column
_MILLION = 10**6
_CENTS = {"en": "¤#,##0.{}", "fr": "#,##0.{}\u00a0¤"}
_PERCENT = {"en": "{}%", "fr": "{}\u00a0%"}


def money_cents(minor: int | None, currency: str, language: str) -> str:
    """Return the exact amount with the currency: ``€1,234.50``."""
    digits = exponent(currency)
    if minor is None:
        return NOT_AVAILABLE
    if not digits:
        return money(minor, currency, language)
    return tidy(with_currency(minor, currency, language, _CENTS[language].format("0" * digits)))


def money_short(minor: int | None, currency: str, language: str) -> str:
    """Return about three figures, for forecasts and axes only: ``€10.42M``."""
    if minor is None:
        return NOT_AVAILABLE
    units = major(minor, currency)
    digits = 2 if abs(units) >= _MILLION else 0
    return tidy(format_compact_currency(units, currency, locale=locale_of(language), fraction_digits=digits))


def amount(minor: int | None, currency: str, language: str) -> str:
    """Return whole units alone, where the column's head names the currency: ``1,234,567``."""
    if minor is None:
        return NOTHING
    return tidy(format_decimal(round(major(minor, currency)), "#,##0", locale=locale_of(language)))


def figure(minor: int | None, currency: str, language: str) -> str:
    """Return whole units alone, an em dash for what cannot be computed."""
    return NOT_AVAILABLE if minor is None else amount(minor, currency, language)


def amount_cents(minor: int | None, currency: str, language: str) -> str:
    """Return the exact amount alone, where the column's head names the currency: ``1,234.50``."""
    if minor is None:
        return NOTHING
    pattern = "#,##0" + ("." + "0" * exponent(currency) if exponent(currency) else "")
    return tidy(format_decimal(major(minor, currency), pattern, locale=locale_of(language)))


def percent(ratio: float | Decimal | None, language: str, digits: int = 1) -> str:
    """Return a share of one as a percentage: ``33.9%``."""
    if ratio is None:
        return NOT_AVAILABLE
    return _PERCENT[language].format(number(Decimal(str(ratio)) * 100, language, digits))


def rate(value: Decimal, language: str) -> str:
    """Return an exchange rate with the figures it has: ``1.19933``."""
    digits = max(0, -int(value.as_tuple().exponent))
    return number(value, language, digits)


def symbol(currency: str, language: str) -> str:
    """Return the sign of ``currency`` as the reader knows it."""
    return get_currency_symbol(currency, locale=locale_of(language))


def weekday(on: date | None, language: str) -> str:
    """Return ``Thu 19 Nov``."""
    return date_in(on, "EEE d MMM", language)


def weekday_year(on: date | None, language: str) -> str:
    """Return ``Thu 19 Nov 2026``."""
    return date_in(on, "EEE d MMM y", language)


def month(on: date | None, language: str) -> str:
    """Return ``Nov 2026``."""
    return date_in(on, "MMM y", language)


def day_short(on: date | None, language: str) -> str:
    """Return ``19 Nov``."""
    return date_in(on, "d MMM", language)


def month_name(on: date | None, language: str) -> str:
    """Return ``June 2026``."""
    return date_in(on, "MMMM y", language)


def month_short(on: date | None, language: str) -> str:
    """Return ``Nov``."""
    return date_in(on, "MMM", language)
