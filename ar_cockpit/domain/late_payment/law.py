"""The laws on late payment and the rates they refer to, as a dated table: which law, and which rate on which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.domain.money import to_minor

__all__ = ["FixedSum", "Law", "LawBook", "RateOf", "Series", "UnknownRateError"]


class UnknownRateError(RefusedError):
    """A figure needs a rate or a law that the table does not hold; it is never guessed."""


class RateOf(StrEnum):
    """Whose half-year's rate counts: that of each day, or that in which the interest begins."""

    HALF_YEAR = "half_year"
    START = "start"


@dataclass(frozen=True, slots=True)
class Series:
    """A reference rate in percent a year, by the first day of the half-year it holds for."""

    key: str
    name: str
    source: str
    half_years: Mapping[date, Decimal]
    to_confirm: frozenset[date] = frozenset()  # half-years whose rate was not seen in its source yet

    def doubt(self, day: date) -> str:
        """Return which rate is to be confirmed before a figure of ``day`` rests on it, or nothing."""
        begins = half_year_of(day)
        return f"{self.key} {begins.isoformat()}" if begins in self.to_confirm else ""

    def on(self, day: date) -> Decimal:
        """Return the rate of the half-year of ``day``; raise ``UnknownRateError`` when it is not in the table."""
        begins = half_year_of(day)
        if begins not in self.half_years:
            raise UnknownRateError(
                f"The rate {self.key} of the half-year from {begins.isoformat()} is not known.",
                "Add it to the table of late payment rates.",
            )
        return self.half_years[begins]


@dataclass(frozen=True, slots=True)
class FixedSum:
    """The fixed sum for a debt of at least ``least`` (both in the law's currency)."""

    least: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Law:
    """One law: reference rate plus points, perhaps a floor, and fixed sums by the size of the debt."""

    key: str
    countries: frozenset[str]
    since: date
    source: str
    series: Series
    points: Decimal
    rate_of: RateOf
    currency: str
    fixed: tuple[FixedSum, ...]  # the smallest debt first
    floor: Series | None = None
    floor_times: Decimal = Decimal(0)

    def rate(self, day: date, begins: date, agreed: Decimal | None = None) -> Decimal:
        """Return the percent a year of ``day`` for interest that began on ``begins``.

        A rate ``agreed`` with the customer stands in the place of the law's own; the law's floor binds both.
        """
        of = begins if self.rate_of is RateOf.START else day
        own = agreed if agreed is not None else self.series.on(of) + self.points
        return max(own, self.floor.on(of) * self.floor_times) if self.floor else own

    def doubt(self, day: date, begins: date, agreed: Decimal | None = None) -> str:
        """Return which rate to be confirmed decides :meth:`rate`, or nothing; a floor below decides nothing."""
        of = begins if self.rate_of is RateOf.START else day
        own = agreed if agreed is not None else self.series.on(of) + self.points
        if self.floor and self.floor.on(of) * self.floor_times > own:
            return self.floor.doubt(of)
        return "" if agreed is not None else self.series.doubt(of)

    def fixed_minor(self, debt_minor: int, currency: str) -> int:
        """Return the fixed sum for a debt in minor units; 0 in another currency, in which no law states one."""
        if currency != self.currency or debt_minor <= 0:
            return 0
        reached = [one for one in self.fixed if to_minor(one.least, currency) <= debt_minor]
        return to_minor(reached[-1].amount, currency) if reached else 0


@dataclass(frozen=True, slots=True)
class LawBook:
    """Every law of the table, in its order."""

    laws: tuple[Law, ...]

    def law_for(self, country: str, begins: date) -> Law:
        """Return the law of a seller in ``country`` for interest beginning on that day; raise ``UnknownRateError``."""
        wanted = country.upper()
        found = [law for law in self.laws if wanted in law.countries and law.since <= begins]
        if not found:
            raise UnknownRateError(
                f"There is no late payment law for {country or 'a company without a country'} in the table.",
                "Set the company's country, or add its law to the table of late payment rates.",
            )
        return max(found, key=lambda law: law.since)


def half_year_of(day: date) -> date:
    """Return the first day of the half-year of ``day``."""
    return date(day.year, 7 if day.month > 6 else 1, 1)
