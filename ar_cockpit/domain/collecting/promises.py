"""Promises to pay: kept when the allocations of their window cover them, else broken the day after the grace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ar_cockpit.domain.figures.receivables import Allocation


class PromiseState(StrEnum):
    """What has become of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Promise:
    """An amount promised for a date, with what was applied to the invoices it covers."""

    made_on: date
    promised_for: date
    grace_days: int
    amount_minor: int
    cancelled_on: date | None = None
    allocations: tuple[Allocation, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day on which money still keeps it."""
        return self.promised_for + timedelta(days=self.grace_days)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A promise's state and, when it is decided, since when."""

    state: PromiseState
    decided_on: date | None = None

    @property
    def holds(self) -> bool:
        """Whether the invoices it covers are promised, so that nobody is reminded of them."""
        return self.state is PromiseState.OPEN


def outcome(promise: Promise, as_of: date) -> Outcome | None:
    """Return what has become of ``promise`` by ``as_of``, or ``None`` before it was made (or if it was taken back)."""
    if as_of < promise.made_on or promise.cancelled_on == promise.made_on:
        return None
    kept_on = _covered_on(promise, min(as_of, promise.last_day))
    if _taken_back_before(promise, kept_on, as_of):
        return Outcome(PromiseState.CANCELLED, promise.cancelled_on)
    if kept_on is not None:
        return Outcome(PromiseState.KEPT, kept_on)
    if as_of > promise.last_day:
        return Outcome(PromiseState.BROKEN, promise.last_day + timedelta(days=1))
    return Outcome(PromiseState.OPEN)


def received(promise: Promise, as_of: date) -> int:
    """Return what was applied in the promise's window by ``as_of``."""
    until = min(as_of, promise.last_day)
    return sum(part.minor for part in promise.allocations if promise.made_on <= part.allocated_on <= until)


def kept_share(outcomes: Iterable[Outcome | None]) -> tuple[int, int]:
    """Return how many promises were kept, of how many decided; cancelled and open ones count for neither."""
    decided = [one.state for one in outcomes if one and one.state in {PromiseState.KEPT, PromiseState.BROKEN}]
    return decided.count(PromiseState.KEPT), len(decided)


def _taken_back_before(promise: Promise, kept_on: date | None, as_of: date) -> bool:
    cancelled_on = promise.cancelled_on
    if cancelled_on is None or cancelled_on > min(as_of, promise.last_day):
        return False
    return kept_on is None or cancelled_on < kept_on


def _covered_on(promise: Promise, until: date) -> date | None:
    """Return the day by which the window's allocations first covered the promise and still do at its end."""
    if received(promise, until) < promise.amount_minor:
        return None
    total = 0
    for part in sorted(promise.allocations, key=lambda part: part.allocated_on):
        if promise.made_on <= part.allocated_on <= until:
            total += part.minor
            if total >= promise.amount_minor:
                return part.allocated_on
    return promise.made_on
