"""What the coming days would bring to a customer if nothing were paid: the plan of each day after the day before.

Customers are planned each by itself, and an invoice is looked at again only on the days on which anything may become of
it: it sleeps until the ladder brings it to its next step. ``tests/property/test_outlook.py`` holds the result equal to
a whole plan of each day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from ar_cockpit.domain.cadence.day import CustomerDay, Day, InvoiceFacts, Owed, Touch, decide
from ar_cockpit.domain.cadence.holding_out import HoldOut, hold_out
from ar_cockpit.domain.cadence.ladder import Done, soonest
from ar_cockpit.domain.cadence.occasions import PROMISE_NAMED_FOR
from ar_cockpit.domain.cadence.plan import (
    Addressee,
    CustomerFacts,
    Known,
    by_customer,
    chosen,
    customer_day,
    facts_of,
    is_working_day,
    payer_of,
)
from ar_cockpit.domain.policy.model import Cadence, Channel, Policy

_NEVER = 1 << 30


@dataclass(frozen=True)
class Outlook:
    """Facts as they stand on the first day; ``closed_on`` tells each day's public holidays."""

    policy: Policy
    first_day: date
    addressees: Sequence[Addressee]
    invoices: Sequence[Owed]
    customers: CustomerFacts
    facts: InvoiceFacts
    closed_on: Mapping[date, frozenset[str]] = field(default_factory=dict)

    def days(self, count: int) -> Iterator[tuple[date, list[Touch]]]:
        """Yield the touches of the first day and of each of the ``count`` days after it."""
        everybody = by_customer(self.addressees, self.invoices, self.customers)
        lives = [_Life(self.policy, known, self.facts) for known in everybody]
        for later in range(count + 1):
            on = self.first_day + timedelta(days=later)
            closed = self.closed_on.get(on, frozenset())
            yield on, [touch for life in lives for touch in life.live(later, on, closed)]


def first_day_to_name(
    one: Addressee, cadence: Cadence, broken_on: date, is_closed: Callable[[str, date], bool]
) -> date | None:
    """Return the day on which a run names a promise that breaks on ``broken_on``, or ``None`` if it never does.

    ``is_closed`` tells the public holidays of a country.
    """
    for later in range(PROMISE_NAMED_FOR + 1):
        on = broken_on + timedelta(days=later)
        closed = frozenset({one.country} if one.country and is_closed(one.country, on) else ())
        if is_working_day(one, closed, is_sending_day=on.weekday() in cadence.send_on):
            return on
    return None


class _Life:
    """One customer whose days pass; days are counted from the first one."""

    def __init__(self, policy: Policy, known: Known, facts: InvoiceFacts) -> None:
        self._policy, self._known, self._facts = policy, known, facts
        self._first = customer_day(known, is_sending_day=True)
        ids = {row[0] for row in known.owed}
        self._done = {key: one for key, one in facts.done.items() if key in ids}  # as of the first day
        self._told = {key: -days for key, days in facts.told.items() if key[0] in ids}  # the day of the telling
        self._reminded = None if self._first.since_reminder is None else -self._first.since_reminder
        self._trials, self._until = known.facts.hold_out, dict(known.facts.hold_out.until)
        self._owe(known.owed)
        self._cadence: Cadence | None = None

    def _owe(self, owed: Sequence[Owed]) -> None:
        """Look at what is owed from now on."""
        self._known = self._known._replace(owed=owed)
        self._asked = facts_of(self._policy, self._known) if owed else {}
        self._ageing = [name for name in ("overdue", "oldest_days_overdue") if name in self._asked]
        self._marks: list[tuple[int, int]] | None = None  # where they lay when the cadence was chosen
        may_go = self._first.blocked is None
        self._rows = [row for row in owed if may_go and row[0] not in self._facts.blocked]
        self._wakes = dict.fromkeys((row[0] for row in self._rows), 0)  # the day to look at each again
        self._first_wake = 0
        self._turns = frozenset(1 - row[4] for row in owed)  # the days on which something becomes overdue

    def live(self, later: int, on: date, closed: frozenset[str]) -> list[Touch]:
        """Return what the day brings, and let it have happened."""
        if not self._rows:
            return []
        cadence = self._chosen(later)
        if cadence is not self._cadence:
            self._cadence, self._wakes, self._first_wake = cadence, dict.fromkeys(self._wakes, 0), 0
        if self._first_wake > later:
            return []
        customer = self._customer_on(later, on, closed)
        if not customer.is_working_day and not (customer.has_sales_owner and cadence.tells_sales):
            return []  # nothing is written, nobody is told: whoever is awake stays so
        wakes = self._wakes
        awake = [(*row[:4], row[4] + later, *row[5:]) for row in self._rows if wakes[row[0]] <= later]
        day = Day(on)
        decide(day, customer, cadence, awake, self._facts_on(later, awake))
        if self._trials.trials and day.touches:
            self._hold_out(day, later, cadence)
        for telling in day.tellings:
            self._told[telling.invoice_id, telling.step] = later
        for touch in day.touches:
            self._record(touch, later)
        self._sleep(later, cadence, awake)
        return day.touches

    def _hold_out(self, day: Day, later: int, cadence: Cadence) -> None:
        """Let what a trial holds back wait, and remember until when."""
        owed = [(*row[:4], row[4] + later, *row[5:]) for row in self._known.owed]
        known = HoldOut(self._trials.trials, self._trials.proven, self._until)
        facts = self._facts_on(later, owed)
        hold_out(day, known, payer_of(self._known._replace(owed=owed)), cadence, facts, (0, 0))
        for one in day.enrolled:
            if one.is_held:
                self._until |= dict.fromkeys(one.keys, day.on + timedelta(days=one.days))

    def _chosen(self, later: int) -> Cadence:
        """Return the cadence of the day: of what policies ask for, only these facts change by themselves."""
        if "overdue" in self._asked and (later in self._turns or self._marks is None):
            self._asked["overdue"] = self._known.open(least_days=1 - later)
        if "oldest_days_overdue" in self._asked:
            self._asked["oldest_days_overdue"] = Decimal(self._oldest(later))
        marks = [self._policy.mark_of(name, cast("Decimal | None", self._asked[name])) for name in self._ageing]
        if self._cadence is None or marks != self._marks:
            self._marks = marks
            return chosen(self._policy, self._known.one, self._asked).cadence
        return self._cadence

    def _oldest(self, later: int) -> int:
        return max(0, int(self._known.owed[0][4]) + later)

    def _customer_on(self, later: int, on: date, closed: frozenset[str]) -> CustomerDay:
        is_sending_day = self._cadence is not None and on.weekday() in self._cadence.send_on
        return self._first._replace(
            is_touched_today=self._first.is_touched_today and later == 0,
            since_reminder=None if self._reminded is None else later - self._reminded,
            oldest_days=self._oldest(later),
            is_working_day=is_working_day(self._known.one, closed, is_sending_day=is_sending_day),
        )

    def _facts_on(self, later: int, awake: Iterable[Owed]) -> InvoiceFacts:
        done = {row[0]: self._done_on(later, row[0]) for row in awake if row[0] in self._done}
        told = {key: later - on for key, on in self._told.items()}
        return replace(self._facts, done=done, told=told)

    def _done_on(self, later: int, invoice_id: int) -> Done:
        one = self._done[invoice_id]  # not by ``_replace``: that is done for each invoice on each day, and slow
        since_first, since_last = one.since_first + later, one.since_last + later
        return Done(one.keys, one.first_offset, one.last_offset, since_first, since_last, one.firmness)

    def _record(self, touch: Touch, later: int) -> None:
        if touch.channel is Channel.ALLOCATE:
            # What is proposed once need not be told again each day.
            proposed, wakes = {item.invoice_id for item in touch.items}, self._wakes
            self._owe([row for row in self._known.owed if row[0] not in proposed])
            self._wakes = {key: wakes[key] for key in self._wakes}  # the others sleep on
            return
        for item in touch.items:
            before = self._done.get(item.invoice_id)
            first = before or Done(0, item.step.offset, item.step.offset, -later, -later)
            keys = first.keys | self._facts.bits.get(item.step.key, 0)
            firmest = max(first.firmness, item.step.firmness)
            offset, since = item.step.offset, first.since_first
            self._done[item.invoice_id] = Done(keys, first.first_offset, offset, since, -later, firmest)
        if not touch.step.is_quiet:
            self._reminded = later

    def _spaced_until(self, cadence: Cadence) -> int:
        """Return the day until which every step of overdue invoices keeps its distance to the last one; 0: none does.

        What waits for its distance has no part in what goes meanwhile. Where sales are told ahead, or a quiet step is
        among those of overdue invoices, somebody has to look each day.
        """
        if self._reminded is None or (cadence.tells_sales and self._first.has_sales_owner):
            return 0
        if any(step.is_quiet for step in cadence.steps[cadence.first_overdue :]):
            return 0
        return min(self._reminded + cadence.spacing_days, cadence.spacing_until - self._oldest(0))

    def _sleep(self, later: int, cadence: Cadence, awake: Iterable[Owed]) -> None:
        """Let each invoice sleep until a step may be due or has to be told of."""
        bits, tells = self._facts.bits, self._first.has_sales_owner
        spaced_until = self._spaced_until(cadence)
        for row in awake:
            if row[0] in self._wakes:
                done = self._done_on(later, row[0]) if row[0] in self._done else None
                nights = soonest(cadence, row[4], done, bits, tells=tells)
                wake = _NEVER if nights is None else later + max(1, nights)
                # Of overdue invoices only: a courtesy before the due date keeps no distance.
                self._wakes[row[0]] = max(wake, spaced_until) if row[4] + wake - later > 0 else wake
        self._first_wake = min(self._wakes.values(), default=_NEVER)
