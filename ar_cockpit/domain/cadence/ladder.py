"""Which step of its cadence an invoice stands at, on a day: the ladder, without any of the reasons to wait.

An invoice that we wrote about before goes to the furthest step reached (what an outage skipped stays skipped). One that
was already old when we first wrote starts at the first overdue step and climbs one step each ``spacing_days``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import NamedTuple

from ar_cockpit.domain.policy.model import Cadence, Step


class Held(StrEnum):
    """Why an open invoice is left alone; when several hold, the first of this order is told."""

    DISPUTED = "disputed"
    PROMISED = "promised"
    ON_PLAN = "on_plan"
    ON_HOLD = "on_hold"
    MANUAL = "manual"
    PAUSED_BY_SALES = "paused_by_sales"
    DONE = "done"
    NOT_DUE_YET = "not_due_yet"
    NEEDS_APPROVAL = "needs_approval"
    NO_CONTACT = "no_contact"
    BELOW_MINIMUM = "below_minimum"
    SPACING = "spacing"
    NON_WORKING_DAY = "non_working_day"
    HELD_OUT = "held_out"  # by chance, to see what reminding changes


RANK = {reason: place for place, reason in enumerate(Held)}


class OpenInvoice(NamedTuple):
    """An invoice with a positive open amount; ``days`` since its due date, negative before it."""

    invoice_id: int
    number: str
    currency: str
    open_minor: int
    days: int


class Done(NamedTuple):
    """What was done about an invoice so far, in days before the day of the decision.

    ``keys`` are bits for the steps done, of those that the policy places at several days or has moved; ``firmness`` is
    that of the firmest step.
    """

    keys: int
    first_offset: int
    last_offset: int
    since_first: int
    since_last: int
    firmness: int = 0


class Stand(IntEnum):
    """How an invoice stands to the step it comes to next."""

    DUE = 0
    CLIMBING = 1  # due, but an old invoice climbs one step each spacing
    NOT_REACHED = 2
    FINISHED = 3


# Enum members are looked up slowly, and these are for every invoice.
DUE, CLIMBING, NOT_REACHED, FINISHED = Stand


class Rung(NamedTuple):
    """The place of the next step in the cadence, and how the invoice stands to it."""

    place: int
    stand: Stand


NO_BITS: Mapping[str, int] = {}
_MOST_CASES = 50_000  # remembered at once of one cadence


def rung(cadence: Cadence, days: int, done: Done | None, bits: Mapping[str, int] = NO_BITS) -> Rung:
    """Return the step an invoice comes to next, ``days`` after its due date, and whether it is due."""
    offsets = cadence.offsets
    lowest = cadence.first_overdue if days > 0 else 0  # a courtesy is no longer due once the due date has passed
    reached = bisect_right(offsets, days)
    if done is None:
        return _first(lowest, reached, len(offsets), is_overdue=days > 0)
    lowest = _undone(cadence, lowest, done, bits)
    if lowest >= len(offsets):
        return Rung(lowest, FINISHED)
    if reached <= lowest:
        return Rung(lowest, NOT_REACHED)
    if _was_old(offsets, days, done):
        return Rung(lowest, CLIMBING if done.since_last < cadence.spacing_days else DUE)
    furthest = reached - 1
    while _is_behind(cadence.steps[furthest], done, bits):  # `lowest` is not, so this ends
        furthest -= 1
    return Rung(furthest, DUE)


def _first(lowest: int, reached: int, count: int, *, is_overdue: bool) -> Rung:
    if lowest >= count:
        return Rung(lowest, FINISHED)
    if reached <= lowest:
        return Rung(lowest, NOT_REACHED)
    return Rung(lowest if is_overdue else reached - 1, DUE)


class Fresh(dict[int, tuple[int, Stand, Step | None]]):
    """By days to the due date, how an invoice stands that nothing was done about, and of which step is to be told.

    Most invoices are of these, and there are few different days: each is worked out when it first comes up.
    """

    def __init__(self, cadence: Cadence) -> None:
        super().__init__()
        self._cadence = cadence

    def __missing__(self, days: int) -> tuple[int, Stand, Step | None]:
        stands = rung(self._cadence, days, None)
        found = self[days] = (*stands, _to_tell(self._cadence, days, None, stands))
        return found


class Stands(dict[tuple[int, Done], tuple[int, Stand, Step | None]]):
    """The same of invoices that something was done about, by their days and that: each case is worked out once."""

    def __init__(self, cadence: Cadence, bits: Mapping[str, int]) -> None:
        super().__init__()
        self._cadence, self._bits = cadence, bits

    def __missing__(self, case: tuple[int, Done]) -> tuple[int, Stand, Step | None]:
        days, done = case
        cadence, bits = self._cadence, self._bits
        stands = rung(cadence, days, done, bits)
        # Only where the cadence tells of anything is there something to look for.
        step = _to_tell(cadence, days, done, stands) if cadence.tells_sales else None
        if len(self) >= _MOST_CASES:
            self.clear()
        found = self[case] = (*stands, step)
        return found


def fresh(cadence: Cadence) -> Fresh:
    """Return :func:`rung` and :func:`to_tell` of invoices that nothing was done about."""
    found = cadence.memo.get("fresh")
    if not isinstance(found, Fresh):
        found = cadence.memo["fresh"] = Fresh(cadence)
    return found


def soonest(
    cadence: Cadence, days: int, done: Done | None, bits: Mapping[str, int] = NO_BITS, *, tells: bool = False
) -> int | None:
    """Return in how many days an invoice may next be due, or have to be told of; ``None``: never.

    That is if nothing is done about it meanwhile. It may come out later, never sooner.
    """
    place = _undone(cadence, 0, done, bits)
    if days > 0 or place >= len(cadence.offsets) or cadence.offsets[place] > 0:
        place = _undone(cadence, cadence.first_overdue, done, bits)
    if place >= len(cadence.offsets):
        return None
    wait = cadence.offsets[place] - days
    if wait <= 0 < days and done is not None and _was_old(cadence.offsets, days, done):
        wait = cadence.spacing_days - done.since_last
    return max(0, wait - cadence.steps[place].tell_sales_days if tells else wait)


def _undone(cadence: Cadence, lowest: int, done: Done | None, bits: Mapping[str, int]) -> int:
    """Return the place of the first step from ``lowest`` on that comes after what was done."""
    if done is None:
        return lowest
    lowest = max(lowest, bisect_right(cadence.offsets, done.last_offset))
    while lowest < len(cadence.offsets) and _is_behind(cadence.steps[lowest], done, bits):
        lowest += 1
    return lowest


def _is_behind(step: Step, done: Done, bits: Mapping[str, int]) -> bool:
    """Return whether a step that stands at a later day was done or asks more mildly than was asked before.

    A policy was edited, or the customer came to another segment: nothing is said twice, and no tone falls.
    """
    return bool(done.keys & bits.get(step.key, 0)) or step.is_milder(done.firmness)


def _was_old(offsets: tuple[int, ...], days: int, done: Done) -> bool:
    """Return whether a later step was already due when we first wrote about the invoice."""
    return bisect_right(offsets, days - done.since_first) > bisect_right(offsets, done.first_offset)


def to_tell(cadence: Cadence, days: int, done: Done | None, bits: Mapping[str, int] = NO_BITS) -> Step | None:
    """Return the step of which the sales owner should have been told by now, if there is one."""
    return _to_tell(cadence, days, done, rung(cadence, days, done, bits))


def _to_tell(cadence: Cadence, days: int, done: Done | None, stands: Rung) -> Step | None:
    place, stand = stands
    if stand is FINISHED:
        return None
    step = cadence.steps[place]
    if stand is CLIMBING and done is not None:
        wait = cadence.spacing_days - done.since_last
    else:
        wait = max(0, step.offset - days)
    if step.tell_sales_days and wait <= step.tell_sales_days:
        return step
    following = cadence.steps[place + 1] if place + 1 < len(cadence.steps) else None
    if stand is DUE and following and following.offset - following.tell_sales_days <= days < following.offset:
        return following if following.tell_sales_days else None
    return None
