"""Public holidays of customers' countries, told to the domain as plain facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=512)
def is_public_holiday(country: str, day: date) -> bool:
    """Return whether ``day`` is a public holiday in all of ``country`` (ISO 3166); none is known of other countries."""
    code = country.upper()
    if code not in _known():
        return False
    return day in holidays.country_holidays(code, years=day.year)


def closed_countries(countries: Iterable[str], day: date) -> frozenset[str]:
    """Return those of ``countries`` where ``day`` is a public holiday."""
    return frozenset(country for country in set(countries) if country and is_public_holiday(country, day))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries())
