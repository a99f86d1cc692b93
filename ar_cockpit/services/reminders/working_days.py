"""Public holidays of customers' countries, told to the domain as plain facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from types import ModuleType


@lru_cache(maxsize=512)
def is_public_holiday(country: str, day: date) -> bool:
    """Return whether ``day`` is a public holiday in all of ``country`` (ISO 3166); none is known of other countries."""
    code = country.upper()
    if code not in _known():
        return False
    return day in _holidays().country_holidays(code, years=day.year)


def closed_countries(countries: Iterable[str], day: date) -> frozenset[str]:
    """Return those of ``countries`` where ``day`` is a public holiday."""
    return frozenset(country for country in set(countries) if country and is_public_holiday(country, day))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(_holidays().list_supported_countries())


def _holidays() -> ModuleType:
    import holidays  # noqa: PLC0415 (every start would wait for all the world's calendars)

    return holidays
