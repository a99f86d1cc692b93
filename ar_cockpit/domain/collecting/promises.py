"""Promises to pay: kept when the allocations of their window cover them, else broken the day after the grace.

Several dates agreed together are a series of promises about the same invoices: money counts for the earlier ones
first, so that each later one asks for what was promised before it as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from ar_cockpit.domain.figures.receivables import Allocation

# Why a promise ended before its day; one that was taken back at once was never made.
REPLACED, GIVEN_UP = "replaced", "given_up"


class PromiseState(StrEnum):
    """What has become of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Milestone:
    """What an earlier promise of the series asked for: so much in all, by the last day of its grace."""

    last_day: date
    in_all_minor: int


@dataclass(frozen=True, slots=True)
class Promise:
    """An amount promised for a date, with what was applied to the invoices it covers.

    ``before_minor`` was promised for the earlier dates of the same series, whose ends are ``earlier``.
    """

    made_on: date
    promised_for: date
    grace_days: int
    amount_minor: int
    cancelled_on: date | None = None
    allocations: tuple[Allocation, ...] = ()
    before_minor: int = 0
    earlier: tuple[Milestone, ...] = ()

    @property
    def in_all_minor(self) -> int:
        """What is to come in all by this date: the amount itself and what was promised before it."""
        return self.before_minor + self.amount_minor

    @property
    def last_day(self) -> date:
        """The last day on which money still keeps it."""
        return self.promised_for + timedelta(days=self.grace_days)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A promise's state and, when it is decided, since when; what came of its own amount; if the series is behind."""

    state: PromiseState
    decided_on: date | None = None
    received_minor: int = 0
    is_behind: bool = False  # an earlier date of the series passed, and its money has not come yet

    @property
    def holds(self) -> bool:
        """Whether the invoices it covers are promised, so that nobody is reminded of them."""
        return self.state is PromiseState.OPEN and not self.is_behind

    @property
    def is_partly_kept(self) -> bool:
        """Whether some of it came, and not all."""
        return self.state is PromiseState.BROKEN and self.received_minor > 0


def outcome(promise: Promise, as_of: date) -> Outcome | None:
    """Return what has become of ``promise`` by ``as_of``, or ``None`` before it was made (or if it was taken back)."""
    if as_of < promise.made_on or promise.cancelled_on == promise.made_on:
        return None
    kept_on = _covered_on(promise, min(as_of, promise.last_day))
    part = received(promise, as_of)
    if _taken_back_before(promise, kept_on, as_of):
        return Outcome(PromiseState.CANCELLED, promise.cancelled_on, part)
    if kept_on is not None:
        return Outcome(PromiseState.KEPT, kept_on, part)
    if as_of > promise.last_day:
        return Outcome(PromiseState.BROKEN, promise.last_day + timedelta(days=1), part)
    return Outcome(PromiseState.OPEN, None, part, _is_behind(promise, as_of))


def received(promise: Promise, as_of: date) -> int:
    """Return what of its own amount was applied in the promise's window by ``as_of``; earlier dates come first."""
    came = _applied(promise, min(as_of, promise.last_day)) - promise.before_minor
    return max(0, min(came, promise.amount_minor))


def is_paid(promises: Sequence[Promise], as_of: date) -> bool:
    """Return whether all that a series asks for came by ``as_of``, however late."""
    last = max(promises, key=lambda one: one.in_all_minor)
    return _applied(last, as_of) >= last.in_all_minor


def settling(promises: Sequence[Promise], open_minor: Sequence[int], as_of: date) -> list[Promise]:
    """Return for each open amount, the oldest invoice first, the promise of the series by which it is settled."""
    ordered = sorted(promises, key=lambda one: one.in_all_minor)
    came, owed, found = _applied(ordered[-1], as_of), 0, []
    for minor in open_minor:
        owed += minor
        found.append(next((one for one in ordered if one.in_all_minor - came >= owed), ordered[-1]))
    return found


def covers(promises: Sequence[Promise], open_minor: Sequence[int], as_of: date) -> list[bool]:
    """Return for each open amount, the oldest invoice first, whether the series brings at least half of it.

    Half, since a promise is often a round amount, or one less a discount, and means the invoice all the same.
    """
    last = max(promises, key=lambda one: one.in_all_minor)
    left, found = last.in_all_minor - _applied(last, as_of), []
    for minor in open_minor:
        found.append(2 * left >= minor)
        left -= minor
    return found


def series(promises: Sequence[Promise]) -> list[Promise]:
    """Return the promises of one series in the order of their dates, each knowing what those before it ask for."""
    ordered = sorted(promises, key=lambda one: (one.promised_for, one.before_minor))
    milestones = [Milestone(one.last_day, one.in_all_minor) for one in ordered]
    return [replace(one, earlier=tuple(milestones[:place])) for place, one in enumerate(ordered)]


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
    if _applied(promise, until) < promise.in_all_minor:
        return None
    total = 0
    for part in sorted(promise.allocations, key=lambda part: part.allocated_on):
        if promise.made_on <= part.allocated_on <= until:
            total += part.minor
            if total >= promise.in_all_minor:
                return part.allocated_on
    return promise.made_on


def _applied(promise: Promise, until: date) -> int:
    return sum(part.minor for part in promise.allocations if promise.made_on <= part.allocated_on <= until)


def _is_behind(promise: Promise, as_of: date) -> bool:
    """Return whether money of an earlier date is missing; what comes late after all sets the series right again."""
    due = max((one.in_all_minor for one in promise.earlier if one.last_day < as_of), default=0)
    return due > 0 and _applied(promise, as_of) < due
