"""What is coming is what a whole plan of each day brings, after the days before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.day import InvoiceFacts, Owed, Touch
from ar_cockpit.domain.cadence.ladder import Done, Held, Stand, fresh, rung, soonest, to_tell
from ar_cockpit.domain.cadence.outlook import Outlook, first_day_to_name
from ar_cockpit.domain.cadence.plan import Addressee, CustomerFacts, make_plan
from ar_cockpit.domain.policy.model import Cadence, Channel, Condition, Policy, Segment, Step

START = date(2026, 3, 3)
DAYS = 30
KEYS = [f"s{place}" for place in range(6)]
BITS = {"s1": 1, "s3": 2}
THRESHOLDS = [
    Condition("overdue", ">=", (Decimal(300),)),
    Condition("oldest_days_overdue", ">", (Decimal(12),)),
    Condition("open", "<", (Decimal(250),)),
    Condition("credit_use", ">", (Decimal("0.5"),)),
]


def test_a_broken_promise_is_foretold_for_the_first_day_of_a_run_that_may_write() -> None:
    one, cadence = Addressee(1, "ALFA", "C1", country="FR"), Cadence("c", (Step("s", 3),))
    easter_monday = date(2026, 4, 6)

    def is_closed(country: str, on: date) -> bool:
        return (country, on) == ("FR", easter_monday)

    saturday = date(2026, 4, 4)
    assert first_day_to_name(one, cadence, saturday, is_closed) == date(2026, 4, 7)
    assert first_day_to_name(one._replace(country="GB"), cadence, saturday, is_closed) == easter_monday
    assert first_day_to_name(one, replace(cadence, send_on=frozenset()), saturday, is_closed) is None


@dataclass
class Lived:
    """Day after day, each planned whole: what an outlook has to come out as."""

    policy: Policy
    invoices: Sequence[Owed]
    customers: CustomerFacts
    facts: InvoiceFacts

    def days(
        self, addressees: Sequence[Addressee], closed_on: dict[date, frozenset[str]]
    ) -> Iterator[tuple[date, list[Touch]]]:
        """Yield each day's touches and let them have happened."""
        for later in range(DAYS + 1):
            on = START + timedelta(days=later)
            customers = replace(self.customers, closed_countries=closed_on.get(on, frozenset()))
            day = make_plan(self.policy, on, addressees, self.invoices, customers, self.facts).day
            yield on, day.touches
            told = {(one.invoice_id, one.step): 0 for one in day.tellings}
            self.facts = replace(self.facts, told=dict(self.facts.told) | told)
            for touch in day.touches:
                self._record(touch)
            self._sleep()

    def _record(self, touch: Touch) -> None:
        ids = {item.invoice_id for item in touch.items}
        if touch.channel is Channel.ALLOCATE:
            self.invoices = [row for row in self.invoices if row[0] not in ids]
            return
        done = dict(self.facts.done)
        for item in touch.items:
            offset = item.step.offset
            first = done.get(item.invoice_id) or Done(0, offset, offset, 0, 0)
            keys = first.keys | self.facts.bits.get(item.step.key, 0)
            done[item.invoice_id] = first._replace(keys=keys, last_offset=offset, since_last=0)
        self.facts = replace(self.facts, done=done)
        if not touch.step.is_quiet:
            since = dict(self.customers.since_reminder) | {touch.customer_id: 0}
            self.customers = replace(self.customers, since_reminder=since)

    def _sleep(self) -> None:
        self.invoices = [(*row[:4], row[4] + 1, *row[5:]) for row in self.invoices]
        done = {key: aged(one, 1) for key, one in self.facts.done.items()}
        self.facts = replace(self.facts, done=done, told={key: days + 1 for key, days in self.facts.told.items()})
        since = {key: days + 1 for key, days in self.customers.since_reminder.items()}
        self.customers = replace(self.customers, since_reminder=since, touched_today=frozenset())


def aged(done: Done, days: int) -> Done:
    return done._replace(since_first=done.since_first + days, since_last=done.since_last + days)


@st.composite
def cadences(draw: st.DrawFn, key: str) -> Cadence:
    offsets = sorted(draw(st.sets(st.integers(-12, 45), min_size=1, max_size=5)))
    steps = tuple(
        Step(
            KEYS[place],
            offset,
            channel=draw(st.sampled_from([Channel.EMAIL, Channel.EMAIL, Channel.CALL, Channel.SMS])),
            template=draw(st.sampled_from(["reminder", "reminder", "thank_you"])),
            approve=draw(st.integers(0, 5)) == 0,
            tell_sales_days=draw(st.sampled_from([0, 0, 2, 5])),
        )
        for place, offset in enumerate(offsets)
    )
    return Cadence(
        key,
        steps,
        spacing_days=draw(st.integers(0, 20)),
        spacing_until=draw(st.integers(0, 60)),
        minimum_amount=Decimal(draw(st.sampled_from([0, 0, 150]))),
        send_on=frozenset(draw(st.sampled_from([range(5), range(7), (1, 3)]))),
    )


def dones() -> st.SearchStrategy[Done]:
    """What was done before, which another policy may have placed at any day."""
    return st.builds(
        lambda keys, first, on, ago, since, firmness: Done(keys, first, first + on, ago + since, since, firmness),
        st.integers(0, 3),
        st.integers(-12, 20),
        st.integers(0, 25),
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(0, 3),
    )


@st.composite
def outlooks(draw: st.DrawFn) -> Outlook:
    conditions = draw(st.lists(st.sampled_from(THRESHOLDS), max_size=3))
    segments = tuple(Segment(f"g{place}", f"c{place}", (one,)) for place, one in enumerate(conditions))
    keys = [f"c{place}" for place in range(len(segments) + 1)]
    policy = Policy((*segments, Segment("rest", keys[-1])), {key: draw(cadences(key)) for key in keys})
    customers = range(1, draw(st.integers(1, 2)) + 1)
    addressees = [_addressee(draw, customer_id) for customer_id in customers]
    amounts = st.sampled_from([5000, 20000, 100000])
    invoices = [
        (number * 10 + customer_id, f"I{number}", draw(st.sampled_from(["EUR", "EUR", "USD"])), draw(amounts),
         draw(st.integers(-30, 60)), customer_id)
        for customer_id in customers
        for number in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    ids = [row[0] for row in invoices]
    some = st.sampled_from(ids or [-1])
    closed = draw(st.sets(st.integers(0, DAYS), max_size=8))
    return Outlook(
        policy,
        START,
        addressees,
        invoices,
        _customers(draw, customers),
        InvoiceFacts(
            blocked=draw(st.dictionaries(some, st.sampled_from([Held.DISPUTED, Held.ON_HOLD]), max_size=1)),
            done=draw(st.dictionaries(some, dones(), max_size=4)),
            told=draw(st.dictionaries(st.tuples(some, st.sampled_from(KEYS)), st.integers(0, 8), max_size=2)),
            reviewed=frozenset(draw(st.sets(some, max_size=2))),
            bits=BITS,
        ),
        {START + timedelta(days=day): frozenset({"FR"}) for day in closed},
    )


def _addressee(draw: st.DrawFn, customer_id: int) -> Addressee:
    return Addressee(
        customer_id,
        "ALFA",
        f"C{customer_id}",
        country=draw(st.sampled_from(["FR", "DE"])),
        currency="EUR",
        limit_minor=draw(st.sampled_from([None, 0, 200000])),
        tags=draw(st.sampled_from([frozenset[str](), frozenset[str](), frozenset({"Manual"})])),
        has_sales_owner=draw(st.booleans()),
        email=draw(st.sampled_from(["", "a@b.example", "a@b.example"])),
        has_phone=draw(st.booleans()),
    )


def _customers(draw: st.DrawFn, ids: Sequence[int]) -> CustomerFacts:
    one = st.sampled_from(list(ids))
    cover = st.fixed_dictionaries({"EUR": st.sampled_from([10000, 150000])})
    return CustomerFacts(
        blocked=draw(st.dictionaries(one, st.just(Held.PAUSED_BY_SALES), max_size=1)) if draw(st.booleans()) else {},
        since_reminder=draw(st.dictionaries(one, st.integers(0, 20), max_size=2)),
        touched_today=frozenset(draw(st.sets(one, max_size=1))),
        cover=draw(st.dictionaries(one, cover, max_size=1)),
    )


@settings(max_examples=250, deadline=None)
@given(outlooks())
def test_what_is_coming_is_what_a_plan_of_each_day_brings(outlook: Outlook) -> None:
    lived = Lived(outlook.policy, outlook.invoices, outlook.customers, outlook.facts)
    assert list(outlook.days(DAYS)) == list(lived.days(outlook.addressees, dict(outlook.closed_on)))


@settings(max_examples=500, deadline=None)
@given(cadences("c"), st.integers(-60, 90), st.none() | dones())
def test_no_step_is_due_or_told_of_sooner_than_said(cadence: Cadence, days: int, done: Done | None) -> None:
    for tells in (False, True):
        first = soonest(cadence, days, done, BITS, tells=tells)
        for later in range(90 if first is None else first):
            then = done and aged(done, later)
            assert rung(cadence, days + later, then, BITS).stand is not Stand.DUE
            assert not tells or to_tell(cadence, days + later, then, BITS) is None


@settings(max_examples=200, deadline=None)
@given(cadences("c"), st.integers(-80, 120))
def test_an_invoice_that_nothing_was_done_about_stands_as_worked_out_once(cadence: Cadence, days: int) -> None:
    assert fresh(cadence)[days] == (*rung(cadence, days, None), to_tell(cadence, days, None))
    assert fresh(cadence)[days + 1] == (*rung(cadence, days + 1, None), to_tell(cadence, days + 1, None))
