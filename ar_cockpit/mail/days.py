"""Dates as the reader of a locale writes them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_date

_NARROW, _NO_BREAK = "\u202f", "\u00a0"  # some fonts all but lose the narrow one


@lru_cache(maxsize=4096)
def day(on: date, locale: str, style: str = "medium") -> str:
    """Return a date as the reader of ``locale`` writes it."""
    return format_date(on, style, locale=locale).replace(_NARROW, _NO_BREAK)
