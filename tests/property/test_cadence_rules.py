"""Whatever the days, outages and policy edits: no step twice, escalation only climbs, spacing holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.day import CustomerDay, Day, InvoiceFacts, decide
from ar_cockpit.domain.cadence.ladder import Done, OpenInvoice
from ar_cockpit.domain.policy.model import Cadence, Channel, Step

START = date(2026, 1, 5)


@st.composite
def cadences(draw: st.DrawFn) -> Cadence:
    offsets = sorted(draw(st.sets(st.integers(-15, 120), min_size=1, max_size=7)))
    channels = st.sampled_from([Channel.EMAIL, Channel.EMAIL, Channel.CALL])
    steps = tuple(Step(f"s{place}", offset, draw(channels)) for place, offset in enumerate(offsets))
    return Cadence("c", steps, spacing_days=draw(st.integers(0, 30)), spacing_until=draw(st.integers(0, 90)))


@dataclass
class World:
    """A customer whose days pass, with what was done to it."""

    done: dict[int, list[tuple[date, str, int]]] = field(default_factory=dict)
    reminders: list[tuple[date, int]] = field(default_factory=list)  # day, days the oldest was overdue
    touches: list[date] = field(default_factory=list)

    def live(self, cadence: Cadence, dues: list[date], on: date) -> Day:
        """Decide the day and do what was decided."""
        invoices = [OpenInvoice(n, f"I{n}", "EUR", 10000, (on - due).days) for n, due in enumerate(dues)]
        oldest = max(0, *(invoice.days for invoice in invoices))
        since = (on - self.reminders[-1][0]).days if self.reminders else None
        keys = {f"s{place}": 1 << place for place in range(10)}
        facts = InvoiceFacts(done={n: self._done(n, on, keys) for n in self.done}, bits=keys)
        day = Day(on)
        decide(day, CustomerDay(1, since_reminder=since, oldest_days=oldest), cadence, invoices, facts)
        for touch in day.touches:
            self.touches.append(on)
            for item in touch.items:
                self.done.setdefault(item.invoice_id, []).append((on, item.step.key, item.step.offset))
            if not touch.step.is_quiet:
                self.reminders.append((on, oldest))
        return day

    def _done(self, invoice: int, on: date, keys: dict[str, int]) -> Done:
        rows = self.done[invoice]
        bits = sum({keys[key] for _, key, _ in rows})
        offsets = [offset for _, _, offset in rows]
        return Done(bits, min(offsets), max(offsets), (on - rows[0][0]).days, (on - rows[-1][0]).days)


days = st.lists(st.integers(1, 40), min_size=1, max_size=40)
due_dates = st.lists(st.integers(-100, 60), min_size=1, max_size=5)


def lived(cadence: Cadence, dues: list[int], gaps: list[int], edited: Cadence | None = None) -> World:
    world, on = World(), START
    for place, gap in enumerate(gaps):
        on += timedelta(days=gap)
        now = edited if edited and place >= len(gaps) // 2 else cadence
        day = world.live(now, [START + timedelta(days=due) for due in dues], on)
        placed = Counter([item.invoice_id for touch in day.touches for item in touch.items])
        placed.update(one.invoice_id for one in day.held)
        assert placed == Counter(range(len(dues))), "every open invoice is in exactly one of messages, tasks and held"
        assert len(day.touches) <= 1
    return world


@settings(max_examples=300, deadline=None)
@given(cadences(), due_dates, days)
def test_no_step_twice_and_escalation_only_climbs(cadence: Cadence, dues: list[int], gaps: list[int]) -> None:
    world = lived(cadence, dues, gaps)
    for rows in world.done.values():
        offsets = [offset for _, _, offset in rows]
        assert offsets == sorted(set(offsets))


@settings(max_examples=300, deadline=None)
@given(cadences(), cadences(), due_dates, days)
def test_a_policy_edit_repeats_no_step_and_restarts_nothing(
    before: Cadence, after: Cadence, dues: list[int], gaps: list[int]
) -> None:
    world = lived(before, dues, gaps, replace(after, key="edited"))
    for rows in world.done.values():
        assert len({key for _, key, _ in rows}) == len(rows)
        offsets = [offset for _, _, offset in rows]
        assert offsets == sorted(offsets)


@settings(max_examples=300, deadline=None)
@given(cadences(), due_dates, days)
def test_reminders_keep_their_distance(cadence: Cadence, dues: list[int], gaps: list[int]) -> None:
    world = lived(cadence, dues, gaps)
    for (earlier, _), (later, oldest) in zip(world.reminders, world.reminders[1:], strict=False):
        assert (later - earlier).days >= cadence.spacing_days or oldest >= cadence.spacing_until


@settings(max_examples=300, deadline=None)
@given(cadences(), st.integers(1, 400), st.integers(1, 5))
def test_nobody_s_first_message_is_beyond_the_first_overdue_step(cadence: Cadence, late: int, count: int) -> None:
    world = lived(cadence, [-late] * count, [1])
    first = next((step for step in cadence.steps if step.offset >= 0), None)
    for rows in world.done.values():
        assert first is not None
        assert rows[0][1] == first.key


@settings(max_examples=300, deadline=None)
@given(st.lists(cadences(), min_size=2, max_size=4), due_dates, days, st.data())
def test_moving_between_segments_repeats_no_step_and_never_goes_back(
    segments: list[Cadence], dues: list[int], gaps: list[int], data: st.DataObject
) -> None:
    world, on = World(), START
    for gap in gaps:
        on += timedelta(days=gap)
        world.live(data.draw(st.sampled_from(segments)), [START + timedelta(days=due) for due in dues], on)
    for rows in world.done.values():
        assert len({key for _, key, _ in rows}) == len(rows)
        offsets = [offset for _, _, offset in rows]
        assert offsets == sorted(offsets)
