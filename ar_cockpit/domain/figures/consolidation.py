"""Several currencies as one: sums by currency, converted at a published rate, rounded once.

Rates are the European Central Bank's, units for one euro. The rate of a day is the last one published on it or before;
a currency that was not published for a week, or a history that ended too long ago, has none: that is an error of the
figures that need it, never a guess. A sum of zero needs no rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Protocol, TypeVar

from ar_cockpit.domain.money import exponent

EURO = "EUR"
GAP_DAYS = 7  # the longest that banks stay closed, with room: Christmas and Easter make five days
_TOLD_DIGITS = 6  # as many as the bank publishes

Sums = Mapping[str, int]  # minor units by currency
Key = TypeVar("Key", bound=Hashable)


class Published(Protocol):
    """A history of published rates."""

    @property
    def last_on(self) -> date:
        """The last day the history knows."""

    def per_euro(self, currency: str, on: date) -> Decimal | None:
        """Return what one euro was worth in ``currency`` on that very day, or ``None`` if nothing was published."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of ``source`` is worth in ``target``, as published on ``published_on``."""

    source: str
    target: str
    published_on: date
    source_per_euro: Decimal
    target_per_euro: Decimal

    @property
    def exact(self) -> Fraction:
        """The rate without any rounding."""
        return Fraction(self.target_per_euro) / Fraction(self.source_per_euro)

    @property
    def told(self) -> Decimal:
        """The rate as it is shown, with six figures."""
        quotient = Context(prec=_TOLD_DIGITS).divide(self.target_per_euro, self.source_per_euro)
        return Decimal(f"{quotient:f}")


@dataclass(frozen=True, slots=True)
class MissingRate:
    """``currency`` has no usable rate on ``on``; ``ended_on`` is told when the whole history is too old."""

    currency: str
    on: date
    ended_on: date | None = None

    @property
    def sentence(self) -> str:
        """The reason in English."""
        if self.ended_on:
            return f"No rate of {self.currency} on {self.on}: the rates end on {self.ended_on}."
        return f"{self.currency} has no rate on {self.on}."


@dataclass(frozen=True, slots=True)
class FigureError:
    """A figure that is not available because a currency in it has no rate."""

    figure: str
    missing: MissingRate


@dataclass(frozen=True, slots=True)
class Conversion:
    """The rates of one day into one currency."""

    into: str
    on: date
    rates: Mapping[str, Rate | MissingRate]
    # What one minor unit of each currency is worth in equal parts of one of ``into``, and how many these are.
    _worth: Mapping[str, int | None] = field(init=False, compare=False, repr=False)
    _parts: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        factors = {currency: self.factor(currency) for currency in (*self.rates, self.into)}
        parts = lcm(*(factor.denominator for factor in factors.values() if factor is not None))
        worth = {
            currency: None if factor is None else factor.numerator * (parts // factor.denominator)
            for currency, factor in factors.items()
        }
        object.__setattr__(self, "_worth", worth)
        object.__setattr__(self, "_parts", parts)

    def exact(self, sums: Sums) -> Fraction | None:
        """Return the sums in minor units of ``into`` without any rounding; ``None`` if one of them has no rate."""
        whole = self._in_parts(sums)
        return None if whole is None else Fraction(whole, self._parts)

    def total(self, sums: Sums) -> int | None:
        """Return the sums as one, rounded half-even once, at the end."""
        whole = self._in_parts(sums)
        return None if whole is None else _half_even(whole, self._parts)

    def totals(self, amounts: Mapping[str, Iterable[tuple[Key, int]]]) -> tuple[dict[Key, int], dict[Key, Sums]]:
        """Return what :meth:`total` does of very many keys at once, whose amounts are given by currency.

        Those with an amount that has no rate are left out, and returned beside with it.
        """
        # Whole numbers of one denominator: a fraction for each of fifty thousand customers would take a second.
        own: dict[Key, int] = defaultdict(int)  # what needs no converting, and of most keys is all there is
        whole: dict[Key, int] = defaultdict(int)
        lost: dict[Key, dict[str, int]] = defaultdict(dict)
        for currency, told in amounts.items():
            worth = self._worth[currency]
            if worth is None:
                for key, minor in ((key, minor) for key, minor in told if minor):
                    lost[key][currency] = minor
                continue
            sums, times = (own, 1) if currency == self.into else (whole, worth)
            for key, minor in told:
                sums[key] += minor * times
        for key, value in whole.items():
            own[key] = _half_even(own[key] * self._parts + value, self._parts)
        return {key: value for key, value in own.items() if key not in lost} if lost else dict(own), dict(lost)

    def shares(self, total: int | None, parts: Mapping[Key, Sums]) -> dict[Key, int | None]:
        """Return the parts of ``total`` so that they add up to it; a part without a rate is not available."""
        exact = {key: self.exact(sums) for key, sums in parts.items()}
        known = {key: value for key, value in exact.items() if value is not None}
        if total is None or len(known) < len(exact):
            return {key: None if value is None else round(value) for key, value in exact.items()}
        return dict(apportion(total, known))

    def missing(self, *several: Sums) -> tuple[MissingRate, ...]:
        """Return what is missing to convert ``several`` sums, by currency."""
        needed = sorted({currency for sums in several for currency, minor in sums.items() if minor})
        found = [self.rates[currency] for currency in needed if currency != self.into]
        return tuple(rate for rate in found if isinstance(rate, MissingRate))

    def _in_parts(self, sums: Sums) -> int | None:
        whole = 0
        for currency, minor in sums.items():
            if minor:
                worth = self._worth[currency]
                if worth is None:
                    return None
                whole += minor * worth
        return whole

    def factor(self, currency: str) -> Fraction | None:
        """Return what one minor unit of ``currency`` is worth in minor units of ``into``."""
        if currency == self.into:
            return Fraction(1)
        rate = self.rates[currency]
        if isinstance(rate, MissingRate):
            return None
        return _of_minor_units(rate)

    @property
    def used(self) -> tuple[Rate, ...]:
        """The rates there are, by currency."""
        return tuple(rate for _, rate in sorted(self.rates.items()) if isinstance(rate, Rate))

    @property
    def rate_date(self) -> date | None:
        """The day of the rates: the earliest, if they differ; ``None`` when nothing needs converting."""
        return min((rate.published_on for rate in self.used), default=None)


@lru_cache(maxsize=1024)
def _of_minor_units(rate: Rate) -> Fraction:
    """Return what one minor unit is worth in the other's; asked for each of many customers at the same few rates."""
    return rate.exact * Fraction(10) ** (exponent(rate.target) - exponent(rate.source))


def _half_even(value: int, parts: int) -> int:
    """Return the whole number nearest to so many ``parts``, of two equally near the even one."""
    down, rest = divmod(value, parts)
    return down + (2 * rest > parts or (2 * rest == parts and down % 2 == 1))


def conversion(published: Published, currencies: Iterable[str], into: str, on: date, most_days_old: int) -> Conversion:
    """Return the rates of ``on`` for ``currencies`` into ``into``; what is in ``into`` already needs none."""
    others = sorted(set(currencies) - {into})
    return Conversion(into, on, {one: rate_on(published, one, into, on, most_days_old) for one in others})


def rate_on(published: Published, source: str, target: str, on: date, most_days_old: int) -> Rate | MissingRate:
    """Return the rate of the last day, on ``on`` or before, on which both currencies were published.

    A history that ends before ``on`` is followed by its last day for ``most_days_old`` days, then by nothing.
    """
    newest = min(on, published.last_on)
    if (on - newest).days > most_days_old:
        return MissingRate(target if source == EURO else source, on, published.last_on)
    days = [newest - timedelta(days=back) for back in range(GAP_DAYS + 1)]
    for day in days:
        sold, bought = _per_euro(published, source, day), _per_euro(published, target, day)
        if sold is not None and bought is not None:
            return Rate(source, target, day, sold, bought)
    has_target = any(_per_euro(published, target, day) is not None for day in days)
    return MissingRate(source if has_target else target, on)


def apportion(total: int, exact: Mapping[Key, Fraction]) -> dict[Key, int]:
    """Return whole numbers that add up to ``total``, each its fraction rounded down or up (largest remainders up).

    ``total`` is the sum of ``exact`` rounded up or down: so there is enough to round, and what is whole already stays.
    """
    parts = {key: value.numerator // value.denominator for key, value in exact.items()}
    left = total - sum(parts.values())
    by_remainder: Sequence[Key] = sorted(parts, key=lambda key: parts[key] - exact[key])
    for key in by_remainder[:left]:
        parts[key] += 1
    return parts


def _per_euro(published: Published, currency: str, on: date) -> Decimal | None:
    if currency != EURO:
        return published.per_euro(currency, on)
    return Decimal(1)
