"""What a policy would do to one customer in the coming days, looking only at days on which something may happen.

Customers do not touch each other, so each is lived through by itself. After a look at a day, :meth:`Life.next_look`
says on which day something may change next: a step is reached or has to be told of, a wait or a stop ends, an invoice
is paid, another segment fits. ``tests/property/test_simulation.py`` holds the result equal to real runs of every day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import floor

from ar_cockpit.domain.cadence.day import CustomerDay, Day, InvoiceFacts, Owed, Touch, decide, first_reason
from ar_cockpit.domain.cadence.holding_out import hold_out
from ar_cockpit.domain.cadence.ladder import Done, Held, Stand, fresh
from ar_cockpit.domain.cadence.occasions import announce_instalment
from ar_cockpit.domain.cadence.plan import Known, choose, customer_day, payer_of
from ar_cockpit.domain.cadence.span import Lived, Span
from ar_cockpit.domain.policy.model import Cadence, Channel, Policy, Step

_NEVER = 1 << 30
_NOTHING: Mapping[str, int] = {}
_WAIT_FOR_A_PERSON = frozenset({Held.NEEDS_APPROVAL, Held.PAUSED_BY_SALES})
_WAIT_FOR_OTHERS = frozenset({Held.NO_CONTACT, Held.BELOW_MINIMUM, Held.SPACING})


def live(policy: Policy, known: Known, facts: InvoiceFacts, span: Span) -> Iterator[Lived]:
    """Yield the days of one customer that were looked at, the first one always.

    ``known`` and ``facts`` are as of the first day, without stops and tellings, which ``span`` tells. The payer score
    stays that of the first day.
    """
    return Life(policy, known, facts, span).days()


class Life:
    """One customer whose days pass under a policy.

    An invoice sleeps until something may become of it; one that is due and waits for the customer's turn is looked at
    with the others.
    """

    def __init__(self, policy: Policy, known: Known, facts: InvoiceFacts, span: Span) -> None:
        self.policy, self.known, self.facts, self.span = policy, known, facts, span
        self.first = customer_day(known, is_sending_day=True)
        self.rows: list[Owed] = list(known.owed)
        self.done = {row[0]: one for row in self.rows if (one := facts.done.get(row[0]))}  # as of the first day
        self.told = {(row[0], key): -ago for row in self.rows for key, ago in span.told.get(row[0], _NOTHING).items()}
        self.proposed = {row[0] for row in self.rows if row[0] in span.proposed}
        self.reminded = None if self.first.since_reminder is None else -self.first.since_reminder
        self.approving: set[int] = set()
        self.announced: frozenset[tuple[int, str]] = span.announced
        self.trials, self.until = known.facts.hold_out, known.facts.hold_out.until
        self.changes = span.changes.get(self.first.customer_id, ())
        self.leaving = sorted({span.gone[row[0]] for row in self.rows if row[0] in span.gone}) if span.gone else []
        self.wake = dict.fromkeys((row[0] for row in self.rows), 0)
        self.joins: set[int] = set()
        self.looked = -1
        self.rechoose = 0
        self.cadence = Cadence("", ())
        self.customer = self.first
        self.awake: list[Owed] = []
        self.seen: set[str] = set()  # the keys of every cadence it was in

    def days(self) -> Iterator[Lived]:
        """Yield the days that are looked at."""
        later = 0
        while later < self.span.count and (lived := self.look(later)) is not None:
            yield lived
            later = self.next_look(lived)

    def look(self, later: int) -> Lived | None:
        """Decide the day and let it have happened; ``None`` when nothing is owed any more."""
        if _next(self.leaving, self.looked) <= later:
            self._leave(later)
        if not self.rows:
            return None
        is_changed = _next(self.changes, self.looked) <= later
        if later >= self.rechoose:
            before, self.cadence = self.cadence, self._choose(later)
            is_changed = is_changed or self.cadence is not before
            self.seen.add(self.cadence.key)
        if is_changed:
            self.wake = dict.fromkeys(self.wake, later)
        self.looked = later
        wake, joins = self.wake, self.joins
        self.awake = [
            (*row[:4], row[4] + later, *row[5:]) for row in self.rows if wake[row[0]] <= later or row[0] in joins
        ]
        on = self.span.first_day + timedelta(days=later)
        self.customer = self._customer_on(later, on)
        day = Day(on)
        facts = self._facts_on(later, self.awake)
        decide(day, self.customer, self.cadence, self.awake, facts)
        if self.trials.trials and day.touches:
            self._hold_out(day, later)
        if facts.instalments and self.cadence.instalment_notice_days:
            announce_instalment(day, self.customer, self.cadence, self.awake, facts, (0, 0))
        for telling in day.tellings:
            self.told[telling.invoice_id, telling.step] = later
        waiting = {one.invoice_id for one in day.held if one.reason is Held.NEEDS_APPROVAL} - self.approving
        self.approving |= waiting
        recorded = [one for one in day.touches if self._record(one, later)]
        return Lived(self.first.customer_id, later, recorded, day, int(bool(waiting)))

    def next_look(self, lived: Lived) -> int:
        """Let what was looked at sleep, and return the next day on which something may become of the customer."""
        later, wake, joins = lived.later, self.wake, self.joins
        stopped = self.span.stops[later].invoices
        reasons = {} if lived.day.touches else {one.invoice_id: one.reason for one in lived.day.held}
        for row in self.awake:
            invoice_id = row[0]
            joins.discard(invoice_id)
            if self.customer.blocked is not None or invoice_id in stopped:
                wake[invoice_id] = _NEVER  # until its stops change
            else:
                nights = self._nights(invoice_id, row[4], later, reasons.get(invoice_id))
                wake[invoice_id] = later + max(1, nights)
        soonest = min(wake.values(), default=_NEVER)
        return min(soonest, self.rechoose, _next(self.changes, later), _next(self.leaving, later))

    def _leave(self, later: int) -> None:
        """Let go what is paid by the end of the day."""
        gone = self.span.gone
        for row in self.rows:
            if gone.get(row[0], _NEVER) <= later:
                self.wake.pop(row[0], None)
                self.joins.discard(row[0])
        self.rows = [row for row in self.rows if row[0] in self.wake]

    def _nights(self, invoice_id: int, days: int, later: int, reason: Held | None) -> int:
        """Return in how many days an invoice may be due or has to be told of, given why it waited today."""
        cadence, done = self.cadence, self._done_on(later, invoice_id)
        place, stand, _ = fresh(cadence)[days] if done is None else self.facts.stands(cadence)[days, done]
        if stand is Stand.FINISHED:
            return _NEVER
        step = cadence.steps[place]
        if stand is Stand.NOT_REACHED:
            return step.offset - days - self._notice(invoice_id, step)
        if stand is Stand.CLIMBING and done is not None:
            if step.approve and reason is not Held.NEEDS_APPROVAL:
                return 1  # somebody is asked at once, however long the climb
            return cadence.spacing_days - done.since_last - self._notice(invoice_id, step)
        if reason is Held.NOT_DUE_YET:  # told of, and not long enough ago
            told = self.told.get((invoice_id, step.key))
            left = 1 if told is None else told + step.tell_sales_days - later
        elif reason in _WAIT_FOR_A_PERSON:
            left = _NEVER
        else:
            self.joins.add(invoice_id)
            left = self._waits(reason)
        return left if left <= 1 else min(left, self._next_step(invoice_id, days))

    def _notice(self, invoice_id: int, step: Step) -> int:
        """Return how many days before a step the sales owner has to be told of it, 0 when nobody has."""
        is_told = not self.first.has_sales_owner or (invoice_id, step.key) in self.told
        return 0 if is_told else step.tell_sales_days

    def _waits(self, reason: Held | None) -> int:
        """Return in how many days an invoice that is due is let go, for all that is known of why it waits."""
        if reason not in _WAIT_FOR_OTHERS:
            return 1
        # Another invoice's step may change it too: then this one joins in.
        otherwise = 1 if reason is Held.SPACING else _NEVER
        since, cadence, oldest = self.customer.since_reminder, self.cadence, self.customer.oldest_days
        if self.customer.is_touched_today:
            return 1
        if since is None or since >= cadence.spacing_days or oldest >= cadence.spacing_until:
            return otherwise
        return min(cadence.spacing_days - since, cadence.spacing_until - oldest)

    def _next_step(self, invoice_id: int, days: int) -> int:
        """Return in how many days the next step is reached or told of; a courtesy lapses after the due date."""
        cadence = self.cadence
        place = bisect_right(cadence.offsets, days)
        reached = _NEVER
        if place < len(cadence.offsets):
            reached = cadence.offsets[place] - days - self._notice(invoice_id, cadence.steps[place])
        return min(reached, 1 - days) if days <= 0 else reached

    def _choose(self, later: int) -> Cadence:
        """Return the cadence of the day, and note until when it stands."""
        known = self.known._replace(owed=[(*row[:4], row[4] + later, *row[5:]) for row in self.rows])
        asked = self.policy.fields_asked
        ends = [_next(self.leaving, later)]
        if "overdue" in asked:
            ends.append(later + min((1 - row[4] for row in known.owed if row[4] <= 0), default=_NEVER))
        if "oldest_days_overdue" in asked:
            oldest = known.oldest_days
            grows = max(0, -int(known.owed[0][4]))  # days before the oldest is overdue at all
            ends.append(later + grows + _next(_marks(self.policy), oldest) - oldest)
        self.rechoose = min(ends)
        return choose(self.policy, known).cadence

    def _customer_on(self, later: int, on: date) -> CustomerDay:
        stopped = self.span.stops[later].customers.get(self.first.customer_id)
        is_open = self.known.one.country not in self.span.closed[later]
        return self.first._replace(
            blocked=first_reason(stopped, self.first.blocked),
            is_touched_today=self.first.is_touched_today and later == 0,
            since_reminder=None if self.reminded is None else later - self.reminded,
            oldest_days=max(0, int(self.rows[0][4]) + later),
            is_working_day=on.weekday() in self.cadence.send_on and is_open,
        )

    def _hold_out(self, day: Day, later: int) -> None:
        """Let what a trial holds back wait, and remember until when."""
        owed = [(*row[:4], row[4] + later, *row[5:]) for row in self.rows]
        known, payer = replace(self.trials, until=self.until), payer_of(self.known._replace(owed=owed))
        hold_out(day, known, payer, self.cadence, self._facts_on(later, owed), (0, 0))
        for one in day.enrolled:
            if one.is_held:
                self.until = dict(self.until) | dict.fromkeys(one.keys, day.on + timedelta(days=one.days))

    def _facts_on(self, later: int, rows: Sequence[Owed]) -> InvoiceFacts:
        stops, near = self.span.stops[later], self.span.instalments
        return replace(
            self.facts,
            blocked=stops.invoices,
            paused=stops.paused,
            done={row[0]: one for row in rows if (one := self._done_on(later, row[0]))},
            told={key: later - at for key, at in self.told.items()},
            instalments=near[later] if near else {},
        )

    def _done_on(self, later: int, invoice_id: int) -> Done | None:
        one = self.done.get(invoice_id)
        if one is None:
            return None
        keys, first, last, since_first, since_last, firmness = one  # by their names it takes four times as long
        return Done(keys, first, last, since_first + later, since_last + later, firmness)

    def _record(self, touch: Touch, later: int) -> bool:
        """Let a touch have happened, and return whether a run would have recorded it."""
        ids = {item.invoice_id for item in touch.items}
        if touch.channel is Channel.ALLOCATE:
            is_new = not ids & self.proposed  # a task that names anything proposed before is there already
            self.proposed |= ids if is_new else set()
            return is_new
        if touch.instalment:
            named = {(item.invoice_id, item.step.key) for item in touch.items}
            if named & self.announced:
                return False  # it was told of before
            self.announced |= named
        for item in touch.items:
            offset = item.step.offset
            before = self.done.get(item.invoice_id) or Done(0, offset, offset, -later, -later)
            keys = before.keys | self.facts.bits.get(item.step.key, 0)
            self.done[item.invoice_id] = before._replace(
                keys=keys,
                first_offset=min(before.first_offset, offset),
                last_offset=max(before.last_offset, offset),
                since_last=-later,
                firmness=max(before.firmness, item.step.firmness),
            )
        if not touch.step.is_quiet:
            self.reminded = later
        return True


def _marks(policy: Policy) -> list[int]:
    """Return the days overdue of the oldest invoice at which another segment may fit, in order."""
    days = {floor(value) for value in _asked(policy, "oldest_days_overdue") if isinstance(value, Decimal)}
    return sorted(days | {one + 1 for one in days})


def _next(days: Sequence[int], after: int) -> int:
    """Return the first of ordered ``days`` after a day."""
    return days[place] if (place := bisect_right(days, after)) < len(days) else _NEVER


def _asked(policy: Policy, name: str) -> Iterator[object]:
    for segment in policy.segments:
        for one in segment.all_of + segment.any_of:
            if one.field == name:
                yield from one.values
