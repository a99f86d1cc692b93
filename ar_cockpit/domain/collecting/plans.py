"""Payment plans: instalments that replace the due dates of invoices, to the cent and on days on which banks work.

An instalment is a promise of the plan: the same rule says whether it was kept, see :mod:`.promises`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from ar_cockpit.domain.calendar import months_before
from ar_cockpit.domain.collecting.promises import Outcome, PromiseState
from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.money import Money

FEWEST, MOST = 2, 36
LONGEST_PLAN = timedelta(days=3 * 366)
# What a collector agrees alone; a longer plan is a credit manager's to accept.
OWN_INSTALMENTS, OWN_DAYS = 3, 92
_WEEKEND = 5
_PERCENT, _DAYS_OF_A_YEAR = 100, 365


class Every(StrEnum):
    """How far the instalments are apart."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan is made of: how many instalments, from when on, how far apart, what is paid at once."""

    first_on: date
    count: int
    every: Every = Every.MONTH
    down_minor: int = 0  # the first instalment, where it differs from the others
    interest_minor: int = 0  # on top of the invoices, paid with the last one


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment of a plan: what of it settles the invoices, and the interest that is paid with it."""

    due_on: date
    minor: int
    interest_minor: int = 0

    @property
    def total_minor(self) -> int:
        """What the customer pays on the day."""
        return self.minor + self.interest_minor


class PlanState(StrEnum):
    """Where a plan stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    REFUSED = "refused"


def instalments(
    total: Money, terms: Terms, *, is_closed: Callable[[date], bool] = lambda _day: False
) -> list[Instalment]:
    """Return the instalments of ``total``; raise ``InputError`` for terms that make no plan.

    They sum to ``total`` and differ by at most one minor unit but for a first one of its own. A day on which banks are
    shut (a weekend, or a holiday: ``is_closed``) becomes the next one on which they work; no two fall together.
    """
    _check(total, terms)
    if terms.down_minor:
        rest = Money(total.minor - terms.down_minor, total.currency)
        amounts = [terms.down_minor, *(part.minor for part in rest.split(terms.count - 1))]
    else:
        amounts = [part.minor for part in total.split(terms.count)]
    days: list[date] = []
    for place in range(terms.count):
        day = next_working_day(_nominal(terms, place), is_closed)
        if days and day <= days[-1]:
            day = next_working_day(days[-1] + timedelta(days=1), is_closed)
        days.append(day)
    last = terms.count - 1
    return [
        Instalment(day, minor, terms.interest_minor if place == last else 0)
        for place, (day, minor) in enumerate(zip(days, amounts, strict=True))
    ]


def next_working_day(day: date, is_closed: Callable[[date], bool]) -> date:
    """Return ``day``, or the first day after it that is neither at a weekend nor closed."""
    while day.weekday() >= _WEEKEND or is_closed(day):
        day += timedelta(days=1)
    return day


def needs_approval(schedule: Sequence[Instalment], made_on: date) -> bool:
    """Return whether a plan is more than a collector agrees alone."""
    return len(schedule) > OWN_INSTALMENTS or (schedule[-1].due_on - made_on).days > OWN_DAYS


def interest(schedule: Sequence[Instalment], made_on: date, rate: Decimal) -> int:
    """Return what ``rate`` percent a year adds from ``made_on`` until each instalment: simple, by day on 365.

    It is rounded half-even once, at the end.
    """
    exact = sum(
        (
            Fraction(one.minor) * Fraction(rate) * max(0, (one.due_on - made_on).days) / (_PERCENT * _DAYS_OF_A_YEAR)
            for one in schedule
        ),
        Fraction(0),
    )
    return round(exact)


def state_of(outcomes: Sequence[Outcome | None], *, is_paid: bool) -> PlanState:
    """Return where a running plan stands by what became of its instalments, in their order.

    It is broken while an instalment is missing whose grace is over; money that comes late sets it right again, and
    once all of it came (``is_paid``) it is completed.
    """
    known = [one for one in outcomes if one is not None]
    if not known or any(one.state is PromiseState.CANCELLED for one in known):
        return PlanState.CANCELLED
    if is_paid:
        return PlanState.COMPLETED
    if known[-1].state is PromiseState.BROKEN or any(one.is_behind for one in known):
        return PlanState.BROKEN
    return PlanState.ACTIVE


def _check(total: Money, terms: Terms) -> None:
    if not FEWEST <= terms.count <= MOST:
        raise InputError(f"A plan of {terms.count} instalments is none.", f"Choose {FEWEST} to {MOST}.")
    if terms.interest_minor < 0 or not 0 <= terms.down_minor < total.minor:
        raise InputError("The first instalment must be less than the whole.", "Leave it empty for equal ones.")
    if (total.minor - terms.down_minor) // (terms.count - bool(terms.down_minor)) <= 0:
        raise InputError(f"{total} is too little for {terms.count} instalments.", "Choose fewer.")


def _nominal(terms: Terms, place: int) -> date:
    if terms.every is Every.MONTH:
        return months_before(terms.first_on, -place)
    return terms.first_on + timedelta(days=place * (7 if terms.every is Every.WEEK else 14))
