"""Amounts as the readers of a locale write them, quickly: a run writes hundreds of thousands.

What stands around the digits and between them is the same for every amount of a currency and locale. It is read off
amounts that the library wrote; where those cannot be written again in this way, the library writes every one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol

from ar_cockpit.domain.money import exponent

_NARROW, _NO_BREAK = "\u202f", "\u00a0"  # some fonts all but lose the narrow one
_TRIED = (0, 1, 10, 99, 100, 999, 1000, 1234, 9999, 10_000, 99_999, 100_000, 1_234_567, 12_345_678, 9_876_543_210_987)


def amount(minor: int, currency: str, locale: str) -> str:
    """Return an amount as the reader of ``locale`` writes it."""
    shape = _shape(currency, locale)
    return shape.written(minor) if shape else _by_library(minor, currency, locale)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What stands before the digits, between them and after them, of amounts above and below zero."""

    places: int
    group: str
    point: str
    around: tuple[tuple[str, str], tuple[str, str]]

    def written(self, minor: int) -> str:
        before, after = self.around[minor < 0]
        whole, rest = divmod(abs(minor), 10**self.places)
        digits = f"{whole:,}".replace(",", self.group)
        return (
            f"{before}{digits}{self.point}{rest:0{self.places}}{after}" if self.places else f"{before}{digits}{after}"
        )


@lru_cache(maxsize=1024)
def _shape(currency: str, locale: str) -> _Shape | None:
    known, places = Locale.parse(locale), exponent(currency)
    group, point = (
        symbol.replace(_NARROW, _NO_BREAK) for symbol in (get_group_symbol(known), get_decimal_symbol(known))
    )
    nothing = f"0{point}{'0' * places}" if places else "0"
    smallest = f"0{point}{'1'.zfill(places)}" if places else "1"
    around = (_around(0, currency, locale, nothing), _around(-1, currency, locale, smallest))
    if around[0] is None or around[1] is None:
        return None
    shape = _Shape(places, group, point, (around[0], around[1]))
    tried = (minor * sign for minor in _TRIED for sign in (1, -1))
    return shape if all(shape.written(one) == _by_library(one, currency, locale) for one in tried) else None


def _around(minor: int, currency: str, locale: str, digits: str) -> tuple[str, str] | None:
    before, found, after = _by_library(minor, currency, locale).partition(digits)
    return (before, after) if found else None


def _by_library(minor: int, currency: str, locale: str) -> str:
    value = Decimal(minor).scaleb(-exponent(currency))
    return format_currency(value, currency, locale=locale).replace(_NARROW, _NO_BREAK)
