"""What a late debt has grown by: simple interest by the day on 365, on the open amount of each day, rounded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ar_cockpit.domain.late_payment.law import Law, LawBook, half_year_of

_DAY = timedelta(days=1)
_DAYS_OF_A_YEAR = 365
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice: its amount, and the parts of it that were paid or credited, each with its day (in any order)."""

    due_on: date
    currency: str
    amount_minor: int
    paid: Sequence[tuple[date, int]] = ()

    @property
    def begins(self) -> date:
        """The first day that bears interest: the day after the due date."""
        return self.due_on + _DAY

    def open_on(self, day: date) -> int:
        """Return the open amount at the close of ``day``, never negative."""
        return max(0, self.amount_minor - sum(minor for on, minor in self.paid if on <= day))


@dataclass(frozen=True, slots=True)
class Span:
    """Days with the same open amount and the same rate, both ends included."""

    first: date
    last: date
    open_minor: int
    rate: Decimal
    doubt: str = ""  # the rate that is to be confirmed, if this one rests on such

    @property
    def days(self) -> int:
        """How many days it is long."""
        return (self.last - self.first).days + 1

    @property
    def interest(self) -> Fraction:
        """The interest of these days in minor units, exact."""
        return Fraction(self.open_minor) * Fraction(self.rate) * self.days / (_PERCENT * _DAYS_OF_A_YEAR)


@dataclass(frozen=True, slots=True)
class Claim:
    """What the law adds to one debt up to and including a day."""

    law: Law
    until: date
    spans: tuple[Span, ...]
    interest_minor: int
    fixed_minor: int

    @property
    def total_minor(self) -> int:
        """Interest and fixed sum."""
        return self.interest_minor + self.fixed_minor

    @property
    def doubt(self) -> str:
        """The rate to be confirmed that the interest rests on, if there is one."""
        return next((span.doubt for span in self.spans if span.doubt), "")

    @property
    def rate(self) -> Decimal:
        """The percent a year of the last day, 0 when no day bore interest."""
        return self.spans[-1].rate if self.spans else Decimal(0)


def claim(book: LawBook, country: str, debt: Debt, until: date, *, agreed: Decimal | None = None) -> Claim | None:
    """Return what the law of the seller's ``country`` adds to ``debt``, or ``None`` while it is not overdue.

    Raises ``UnknownRateError`` when a law or a rate it needs is not in the table.
    """
    if until < debt.begins:
        return None
    law = book.law_for(country, debt.begins)
    spans = tuple(spans_of(law, debt, debt.begins, until, agreed=agreed))
    fixed = law.fixed_minor(debt.open_on(debt.due_on), debt.currency)
    return Claim(law, until, spans, rounded(spans), fixed)


def rounded(spans: Sequence[Span]) -> int:
    """Return the interest of ``spans`` in whole minor units, rounded half-even once."""
    return round(sum((span.interest for span in spans), Fraction(0)))


def spans_of(law: Law, debt: Debt, first: date, last: date, *, agreed: Decimal | None = None) -> Iterator[Span]:
    """Yield the days from ``first`` to ``last`` that bear interest, cut where the amount or the rate changes."""
    first = max(first, debt.begins)
    if first > last:
        return
    paid = {on for on, _ in debt.paid if first < on <= last}
    cuts = sorted({first, *paid, *_half_years(first, last)})
    for begin, following in zip(cuts, [*cuts[1:], last + _DAY], strict=True):
        open_minor = debt.open_on(begin)
        if open_minor:
            rate, doubt = law.rate(begin, debt.begins, agreed), law.doubt(begin, debt.begins, agreed)
            yield Span(begin, following - _DAY, open_minor, rate, doubt)


def _half_years(first: date, last: date) -> Iterator[date]:
    """Yield the first days of the half-years that begin after ``first`` and by ``last``."""
    begins = half_year_of(first)
    while begins <= last:
        if begins > first:
            yield begins
        begins = date(begins.year + (begins.month == 7), 1 if begins.month == 7 else 7, 1)
