"""A day's plan as a list to look through: counts and sums first, rows on demand, and what is said of each invoice.

The plan is made once and kept for a short while in this process; any act, message or import makes it anew.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import and_
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.worklist import pulse
from ar_cockpit.db.queries.reminders import recorded as stored
from ar_cockpit.db.queries.reminders.plan import handled_by_hand
from ar_cockpit.db.queries.reminders.recorded import ByHand, Recorded, Who
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.day import Touch
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.plan import MANUAL_TAG
from ar_cockpit.domain.money import exponent
from ar_cockpit.services.people.companies import chosen_companies
from ar_cockpit.services.reminders.looking import Looked, look

PAGE = 50
_KEPT, _SECONDS = 4, 120.0
_QUIET = frozenset({Held.NOT_DUE_YET.value, Held.DONE.value})
MESSAGES, TASKS, HELD = "messages", "tasks", "held"


class HeldInvoice(NamedTuple):
    """An invoice that is left alone on the day, and why."""

    customer_id: int
    invoice_id: int
    number: str
    reason: Held
    currency: str
    open_minor: int
    days: int


@dataclass(frozen=True, slots=True)
class Sums:
    """How many there are, of how many invoices, and what is owed of them by currency."""

    count: int = 0
    invoices: int = 0
    totals: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayFilter:
    """What of the day is looked at; empty: everything."""

    reason: str = ""
    segment: str = ""
    cadence: str = ""
    step: str = ""
    collector: str = ""
    text: str = ""
    small: str = ""  # of messages and tasks: up to so much in whole units


class Excluded(NamedTuple):
    """A customer of whom nothing goes on the day: why, how many invoices, and what is owed of them by currency."""

    customer_id: int
    reasons: dict[str, int]
    numbers: list[str]
    totals: dict[str, int]


@dataclass
class DayView:
    """The plan of a day: who is written to, what people do, and why the rest waits."""

    looked: Looked
    who: dict[int, Who]
    messages: list[Touch]
    tasks: list[Touch]
    held: list[HeldInvoice]

    def sums(self) -> dict[str, Sums]:
        """Return the three parts of the day: together they are every open invoice, once."""
        touches = {MESSAGES: self.messages, TASKS: self.tasks}
        return {
            **{key: touch_sums(some) for key, some in touches.items()},
            HELD: held_sums(self.held),
        }

    def reasons(self) -> dict[str, Sums]:
        """Return what is held by each reason, in the order in which reasons are told."""
        by_reason: dict[str, list[HeldInvoice]] = defaultdict(list)
        for one in self.held:
            by_reason[one.reason.value].append(one)
        return {reason.value: held_sums(by_reason[reason.value]) for reason in Held if reason.value in by_reason}

    def left_out(self, customer_id: int) -> dict[str, int]:
        """Return how many invoices are held beside a customer's message, by reason; those without a step left aside."""
        return {key: count for key, count in self._held_of.get(customer_id, {}).items() if key not in _QUIET}

    def touches(self, part: str, wanted: DayFilter) -> list[Touch]:
        """Return the messages or tasks that ``wanted`` asks for, the largest first."""
        some = self.messages if part == MESSAGES else self.tasks
        found = [one for one in some if self._fits_touch(one, wanted)]
        return sorted(found, key=lambda one: (-one.total_minor, one.customer_id))

    def excluded(self, wanted: DayFilter) -> list[Excluded]:
        """Return the customers who are left out of the day altogether, with the reasons, the largest amount first.

        What is merely not due yet or done already leaves nobody out.
        """
        touched = {one.customer_id for one in (*self.messages, *self.tasks)}
        by_customer: dict[int, list[HeldInvoice]] = defaultdict(list)
        for one in self.held:
            if one.customer_id not in touched and one.reason.value not in _QUIET and self._fits_held(one, wanted):
                by_customer[one.customer_id].append(one)
        found = [
            Excluded(
                key,
                dict(Counter(one.reason.value for one in some)),
                [one.number for one in some],
                held_sums(some).totals,
            )
            for key, some in by_customer.items()
        ]
        small = [one for one in found if all(_is_small(minor, code, wanted) for code, minor in one.totals.items())]
        return sorted(small, key=lambda one: (-max(one.totals.values()), one.customer_id))

    def held_rows(self, wanted: DayFilter) -> list[HeldInvoice]:
        """Return the held invoices that ``wanted`` asks for, by customer, the oldest first."""
        return [one for one in self.held if self._fits_held(one, wanted)]

    def segments(self) -> list[str]:
        """Return the keys of the policy's segments in their order."""
        return [segment.key for segment in self.looked.in_force.policy.segments]

    def steps(self) -> list[str]:
        """Return the keys of the steps of the day."""
        return sorted({one.step_key for one in (*self.messages, *self.tasks)})

    def collectors(self) -> list[str]:
        """Return the e-mails of the collectors of those who owe something."""
        return sorted({one.collector for one in self.who.values() if one.collector})

    @cached_property
    def _held_of(self) -> dict[int, Counter[str]]:
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for one in self.held:
            found[one.customer_id][one.reason.value] += 1
        return found

    def _fits_touch(self, one: Touch, wanted: DayFilter) -> bool:
        if wanted.step and wanted.step != one.step_key:
            return False
        if not _is_small(one.total_minor, one.currency, wanted):
            return False
        return self._fits(one.customer_id, [item.number for item in one.items], wanted)

    def _fits_held(self, one: HeldInvoice, wanted: DayFilter) -> bool:
        if wanted.reason and wanted.reason != one.reason.value:
            return False
        return self._fits(one.customer_id, [one.number], wanted)

    def _fits(self, customer_id: int, numbers: Sequence[str], wanted: DayFilter) -> bool:
        who = self.who[customer_id]
        if wanted.collector and wanted.collector != who.collector:
            return False
        if wanted.text and not any(
            wanted.text.casefold() in word.casefold() for word in (who.code, who.name, *numbers)
        ):
            return False
        if not (wanted.segment or wanted.cadence):
            return True
        choice = self.looked.choice(customer_id)
        return wanted.segment in ("", choice.segment.key) and wanted.cadence in ("", choice.cadence.key)


def _is_small(minor: int, currency: str, wanted: DayFilter) -> bool:
    """Return whether an amount is as small as is asked for, if that is asked."""
    return not wanted.small.isdecimal() or minor <= int(wanted.small[:12]) * 10 ** exponent(currency)


def touch_sums(touches: Sequence[Touch]) -> Sums:
    """Return what messages or tasks come to."""
    totals: dict[str, int] = defaultdict(int)
    for one in touches:
        totals[one.currency] += one.total_minor
    return Sums(len(touches), sum(len(one.items) for one in touches), dict(sorted(totals.items())))


def held_sums(held: Sequence[HeldInvoice]) -> Sums:
    """Return what held invoices come to."""
    totals: dict[str, int] = defaultdict(int)
    for one in held:
        totals[one.currency] += one.open_minor
    return Sums(len(held), len(held), dict(sorted(totals.items())))


def view(session: Session, actor: Actor, as_of: date, *, company: str = "") -> DayView:
    """Return the plan of a day for the customers that ``actor`` may see."""
    scope = actor.scope(Permission.VIEW_PLAN)
    key = (str(session.get_bind().engine.url), actor.email, actor.grants, as_of, company)
    mark = pulse(session)
    kept = _VIEWS.get(key, mark)
    if kept is not None:
        return kept
    clause = customer_clause(scope, actor.email)
    if company:
        ids = chosen_companies(session, actor, Permission.VIEW_PLAN, company)
        clause = and_(clause, col(CustomerRow.company_id).in_(ids))
    looked = look(session, clause, as_of)
    rows = {row[0]: row for owed in looked.owed.values() for row in owed}
    held = [
        HeldInvoice(one.customer_id, one.invoice_id, one.number, one.reason, *rows[one.invoice_id][2:5])
        for one in looked.plan.day.held
    ]
    thanked = [touch.customer_id for touch in looked.plan.day.touches if touch.customer_id not in looked.owed]
    who = stored.who_owes(session, clause, as_of, thanked)
    made = DayView(looked, who, looked.plan.messages, looked.plan.tasks, held)
    _VIEWS.keep(key, mark, made)
    return made


def recorded(session: Session, actor: Actor, day: date, page: int, *, company: str = "") -> tuple[int, list[Recorded]]:
    """Return how many messages and tasks were recorded for a day, and a page of them with their state."""
    clause = customer_clause(actor.scope(Permission.VIEW_PLAN), actor.email)
    if company:
        ids = chosen_companies(session, actor, Permission.VIEW_PLAN, company)
        clause = and_(clause, col(CustomerRow.company_id).in_(ids))
    return stored.recorded_on(session, clause, day, limit=PAGE, offset=(page - 1) * PAGE)


def by_hand(session: Session, actor: Actor, as_of: date, *, company: str = "") -> list[ByHand]:
    """Return the customers that are handled by hand, with the reason and since when."""
    clause = customer_clause(actor.scope(Permission.VIEW_PLAN), actor.email)
    if company:
        ids = chosen_companies(session, actor, Permission.VIEW_PLAN, company)
        clause = and_(clause, col(CustomerRow.company_id).in_(ids))
    return stored.by_hand(session, clause, handled_by_hand(session, clause, MANUAL_TAG), as_of)


Exported = tuple[str, Touch | None, HeldInvoice | None, Who]


def export_rows(found: DayView, wanted: DayFilter) -> Iterator[Exported]:
    """Yield every open invoice that ``wanted`` asks for once, with its message or task, or as held."""
    for part in (MESSAGES, TASKS):
        if not wanted.reason:
            for touch in found.touches(part, wanted):
                yield part, touch, None, found.who[touch.customer_id]
    if not wanted.step:
        for one in found.held_rows(wanted):
            yield HELD, None, one, found.who[one.customer_id]


class _Views:
    """A few plans that were made lately: the largest ledger's takes seconds, and a reader turns many pages of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._views: OrderedDict[object, tuple[str, float, DayView]] = OrderedDict()

    def get(self, key: object, mark: str) -> DayView | None:
        with self._lock:
            found = self._views.get(key)
            if found is None or found[0] != mark or time.monotonic() - found[1] > _SECONDS:
                return None
            self._views.move_to_end(key)
            return found[2]

    def keep(self, key: object, mark: str, made: DayView) -> None:
        with self._lock:
            self._views[key] = (mark, time.monotonic(), made)
            while len(self._views) > _KEPT:
                self._views.popitem(last=False)


_VIEWS = _Views()
