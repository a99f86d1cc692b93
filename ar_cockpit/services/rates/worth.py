"""What one currency is worth in another on a day, looked up when a customer owes in two."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache

from ar_cockpit.domain.cadence.worth import Worth
from ar_cockpit.services.rates.book import rates_into


def worth_on(on: date) -> Worth:
    """Return the rates of a day; nothing is read before a first one is asked for."""

    @lru_cache(maxsize=512)
    def worth(source: str, into: str) -> Fraction | None:
        return rates_into(into, [source], on).factor(source)

    return worth
