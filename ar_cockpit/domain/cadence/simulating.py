"""What a policy would do to one customer in the coming days, looking only at days on which something may happen.

Customers do not touch each other, so each is lived through by itself. After a look at a day, :meth:`Life.next_look`
says on which day something may change next: a step is reached or has to be told of, a wait or a stop ends, an invoice
is paid, another segment fits. ``tests/property/test_simulation.py`` holds the result equal to real runs of every day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from math import floor

from ar_cockpit.domain.cadence.day import CustomerDay, Day, InvoiceFacts, Owed, Touch, decide, first_reason
from ar_cockpit.domain.cadence.ladder import Done, Held, Stand, rung
from ar_cockpit.domain.cadence.plan import CustomerFacts, Known, choose, customer_day
from ar_cockpit.domain.cadence.stops import Stops
from ar_cockpit.domain.policy.model import Cadence, Channel, Policy

_NEVER = 1 << 30
_WAIT_FOR_A_PERSON = frozenset({Held.NEEDS_APPROVAL, Held.PAUSED_BY_SALES})
_WAIT_FOR_OTHERS = frozenset({Held.NO_CONTACT, Held.BELOW_MINIMUM, Held.SPACING})


@dataclass(frozen=True, slots=True)
class Span:
    """What is known beforehand of the days to come; days are counted from the first one, which is 0."""

    first_day: date
    stops: Sequence[Stops]  # of each day
    closed: Sequence[frozenset[str]]  # the countries with a public holiday, of each day
    changes: Mapping[int, Sequence[int]] = field(default_factory=dict)  # by customer: when its stops change
    gone: Mapping[int, int] = field(default_factory=dict)  # by invoice: the day by whose end it is paid
    told: Mapping[int, Mapping[str, int]] = field(default_factory=dict)  # by invoice and step: days ago
    proposed: frozenset[int] = frozenset()  # invoices with a task to allocate

    @property
    def count(self) -> int:
        """How many days there are."""
        return len(self.stops)


@dataclass(frozen=True, slots=True)
class Lived:
    """A day on which something was looked at: what is recorded, who waits, and how many approvals begin to wait."""

    customer_id: int
    later: int
    touches: list[Touch]
    day: Day
    approvals: int


def live(
    policy: Policy, known: Known, facts: InvoiceFacts, span: Span, scores: Sequence[int | None] = ()
) -> Iterator[Lived]:
    """Yield the days of one customer that were looked at, the first one always.

    ``known`` and ``facts`` are as of the first day, without stops and tellings, which ``span`` tells.
    """
    life = Life(policy, known, facts, span, scores)
    later = 0
    while later < span.count and (lived := life.look(later)) is not None:
        yield lived
        later = life.next_look(lived)


class Life:
    """One customer whose days pass under a policy."""

    def __init__(
        self, policy: Policy, known: Known, facts: InvoiceFacts, span: Span, scores: Sequence[int | None]
    ) -> None:
        self.policy, self.known, self.facts, self.span = policy, known, facts, span
        self.first = customer_day(known, is_sending_day=True)
        self.rows: list[Owed] = list(known.owed)
        self.done = {row[0]: one for row in self.rows if (one := facts.done.get(row[0]))}  # as of the first day
        self.told = {(row[0], key): -ago for row in self.rows for key, ago in span.told.get(row[0], {}).items()}
        self.proposed = {row[0] for row in self.rows if row[0] in span.proposed}
        self.reminded = None if self.first.since_reminder is None else -self.first.since_reminder
        self.approving: set[int] = set()
        self.scores = scores if "payer_score" in policy.fields_asked else ()
        self.turns = _turns(policy, self.scores)
        self.marks = _marks(policy) if "oldest_days_overdue" in policy.fields_asked else ()
        self.cadence = Cadence("", ())
        self.customer = self.first
        self.owed: list[Owed] = []

    def look(self, later: int) -> Lived | None:
        """Decide the day and let it have happened; ``None`` when nothing is owed any more."""
        span = self.span
        if span.gone:
            self.rows = [row for row in self.rows if span.gone.get(row[0], _NEVER) > later]
        if not self.rows:
            return None
        self.owed = [(*row[:4], row[4] + later, *row[5:]) for row in self.rows]
        on = span.first_day + timedelta(days=later)
        self.cadence = self._choose(later)
        self.customer = self._customer_on(later, on)
        day = Day(on)
        decide(day, self.customer, self.cadence, self.owed, self._facts_on(later))
        for telling in day.tellings:
            self.told[telling.invoice_id, telling.step] = later
        waiting = {one.invoice_id for one in day.held if one.reason is Held.NEEDS_APPROVAL} - self.approving
        self.approving |= waiting
        recorded = [one for one in day.touches if self._record(one, later)]
        return Lived(self.first.customer_id, later, recorded, day, int(bool(waiting)))

    def next_look(self, lived: Lived) -> int:
        """Return the next day on which something may become of the customer."""
        later, span = lived.later, self.span
        soonest = _NEVER
        for days in (span.changes.get(self.first.customer_id, ()), self.turns):
            place = bisect_right(days, later)
            soonest = min(soonest, days[place] if place < len(days) else _NEVER)
        for mark in self.marks:
            if mark > self.customer.oldest_days:
                soonest = min(soonest, later + mark - self.customer.oldest_days)
                break
        asks_overdue = "overdue" in self.policy.fields_asked
        stopped = span.stops[later].invoices
        reasons = {one.invoice_id: one.reason for one in lived.day.held}
        for row in self.owed:
            invoice_id, days = row[0], row[4]
            soonest = min(soonest, span.gone.get(invoice_id, _NEVER))
            if asks_overdue and days <= 0:
                soonest = min(soonest, later + 1 - days)
            if self.customer.blocked is None and invoice_id not in stopped:
                reason = None if lived.day.touches else reasons.get(invoice_id)
                soonest = min(soonest, later + self._nights(invoice_id, days, later, reason))
            if soonest <= later + 1:
                break
        return max(soonest, later + 1)

    def _nights(self, invoice_id: int, days: int, later: int, reason: Held | None) -> int:
        """Return in how many days an invoice may be due or has to be told of, given why it waited today."""
        cadence, done = self.cadence, self._done_on(later, invoice_id)
        place, stand = rung(cadence, days, done, self.facts.bits)
        lead = max((step.tell_sales_days for step in cadence.steps), default=0) if self.first.has_sales_owner else 0
        if stand is Stand.FINISHED:
            return _NEVER
        if stand is Stand.NOT_REACHED:
            return cadence.offsets[place] - days - lead
        if stand is Stand.CLIMBING and done is not None:
            if cadence.steps[place].approve and reason is not Held.NEEDS_APPROVAL:
                return 1  # somebody is asked at once, however long the climb
            return cadence.spacing_days - done.since_last - lead
        if reason is Held.NOT_DUE_YET:  # told of, and not long enough ago
            step = cadence.steps[place]
            told = self.told.get((invoice_id, step.key))
            left = 1 if told is None else told + step.tell_sales_days - later
        else:
            left = self._waits(reason)
        return left if left <= 1 else min(left, self._next_step(days, lead))

    def _waits(self, reason: Held | None) -> int:
        """Return in how many days an invoice that is due is let go, for all that is known of why it waits."""
        if reason in _WAIT_FOR_A_PERSON:
            return _NEVER
        if reason in _WAIT_FOR_OTHERS:
            # Another invoice's step may change it too: then the whole customer is looked at.
            return self._spacing_left(1 if reason is Held.SPACING else _NEVER)
        return 1

    def _next_step(self, days: int, lead: int) -> int:
        """Return in how many days the next step is reached or told of; a courtesy lapses after the due date."""
        offsets = self.cadence.offsets
        place = bisect_right(offsets, days)
        reached = offsets[place] - days - lead if place < len(offsets) else _NEVER
        return min(reached, 1 - days) if days <= 0 else reached

    def _spacing_left(self, otherwise: int) -> int:
        """Return in how many days the customer is spaced no more, or ``otherwise`` when it is not spaced."""
        since, cadence, oldest = self.customer.since_reminder, self.cadence, self.customer.oldest_days
        if self.customer.is_touched_today:
            return 1
        if since is None or since >= cadence.spacing_days or oldest >= cadence.spacing_until:
            return otherwise
        return min(cadence.spacing_days - since, cadence.spacing_until - oldest)

    def _choose(self, later: int) -> Cadence:
        known = self.known._replace(owed=self.owed)
        if self.scores:
            score = self.scores[later]
            one = {} if score is None else {self.first.customer_id: score}
            known = known._replace(facts=CustomerFacts(scores=one))
        return choose(self.policy, known).cadence

    def _customer_on(self, later: int, on: date) -> CustomerDay:
        stopped = self.span.stops[later].customers.get(self.first.customer_id)
        is_open = self.known.one.country not in self.span.closed[later]
        return self.first._replace(
            blocked=first_reason(stopped, self.first.blocked),
            is_touched_today=self.first.is_touched_today and later == 0,
            since_reminder=None if self.reminded is None else later - self.reminded,
            oldest_days=max(0, int(self.owed[0][4])),
            is_working_day=on.weekday() in self.cadence.send_on and is_open,
        )

    def _facts_on(self, later: int) -> InvoiceFacts:
        stops = self.span.stops[later]
        done = {key: one for key in self.done if (one := self._done_on(later, key))}
        told = {key: later - at for key, at in self.told.items()}
        return replace(self.facts, blocked=stops.invoices, paused=stops.paused, done=done, told=told)

    def _done_on(self, later: int, invoice_id: int) -> Done | None:
        one = self.done.get(invoice_id)
        return one and one._replace(since_first=one.since_first + later, since_last=one.since_last + later)

    def _record(self, touch: Touch, later: int) -> bool:
        """Let a touch have happened, and return whether a run would have recorded it."""
        ids = {item.invoice_id for item in touch.items}
        if touch.channel is Channel.ALLOCATE:
            is_new = not ids & self.proposed  # a task that names anything proposed before is there already
            self.proposed |= ids if is_new else set()
            return is_new
        for item in touch.items:
            offset = item.step.offset
            before = self.done.get(item.invoice_id) or Done(0, offset, offset, -later, -later)
            keys = before.keys | self.facts.bits.get(item.step.key, 0)
            self.done[item.invoice_id] = before._replace(
                keys=keys,
                first_offset=min(before.first_offset, offset),
                last_offset=max(before.last_offset, offset),
                since_last=-later,
            )
        if not touch.step.is_quiet:
            self.reminded = later
        return True


def _turns(policy: Policy, scores: Sequence[int | None]) -> list[int]:
    """Return the days on which the payer score passes a value that a segment asks for."""
    if not scores:
        return []
    asked = sorted({value for value in _asked(policy, "payer_score") if isinstance(value, Decimal)})
    bands = [
        None if one is None else sum(1 for value in asked if one >= value) + sum(1 for value in asked if one > value)
        for one in scores
    ]
    return [later for later in range(1, len(bands)) if bands[later] != bands[later - 1]]


def _marks(policy: Policy) -> list[int]:
    """Return the days overdue of the oldest invoice at which another segment may fit, in order."""
    days = {floor(value) for value in _asked(policy, "oldest_days_overdue") if isinstance(value, Decimal)}
    return sorted(days | {one + 1 for one in days})


def _asked(policy: Policy, name: str) -> Iterator[object]:
    for segment in policy.segments:
        for one in segment.all_of + segment.any_of:
            if one.field == name:
                yield from one.values
