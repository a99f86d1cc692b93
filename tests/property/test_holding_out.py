"""A reminder that chance holds back goes as it would have, so many days later: nothing is lost, distances are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.day import Day, InvoiceFacts, Touch
from ar_cockpit.domain.cadence.holding_out import HoldOut, Trial, is_held_out
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.outlook import Outlook
from ar_cockpit.domain.cadence.plan import Addressee, CustomerFacts, make_plan
from ar_cockpit.domain.policy.model import Cadence, Policy, Segment, Step, Tone
from tests.property.test_outlook import START, Lived

DAYS = 30
TRIAL = Trial(1, "", 50, 3)
CUSTOMERS = (1, 2, 3)
_TONES = [Tone.FRIENDLY, Tone.FRIENDLY, Tone.NEUTRAL, Tone.FIRM]


@dataclass
class Tried(Lived):
    """Day after day with a hold-out that is recorded as a run records it."""

    trial: Trial = TRIAL
    plans: list[Day] = field(default_factory=list)
    until: dict[tuple[int, str], date] = field(default_factory=dict)

    def live(self, addressees: list[Addressee], closed_on: Mapping[date, frozenset[str]]) -> list[Day]:
        """Return the plan of each day, those before it having happened."""
        for later in range(DAYS):
            on = START + timedelta(days=later)
            known = HoldOut({"ALFA": self.trial}, frozenset(CUSTOMERS), dict(self.until))
            customers = replace(self.customers, closed_countries=closed_on.get(on, frozenset()), hold_out=known)
            day = make_plan(self.policy, on, addressees, self.invoices, customers, self.facts).day
            self.until |= {
                key: on + timedelta(days=one.days) for one in day.enrolled if one.is_held for key in one.keys
            }
            for touch in day.touches:
                self._record(touch)
            self._sleep()
            self.plans.append(day)
        return self.plans


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    offsets = sorted(draw(st.sets(st.integers(-12, 45), min_size=1, max_size=5)))
    tones = sorted((draw(st.sampled_from(_TONES)) for _ in offsets), key=list(Tone).index)
    steps = tuple(
        Step(f"s{place}", offset, template="reminder" if offset > 0 else "courtesy", tone=tone)
        for place, (offset, tone) in enumerate(zip(offsets, tones, strict=True))
    )
    cadence = Cadence(
        "c",
        steps,
        spacing_days=draw(st.integers(0, 20)),
        spacing_until=60,
        minimum_amount=Decimal(draw(st.sampled_from([0, 0, 150]))),
        send_on=frozenset(draw(st.sampled_from([range(5), range(7), (1, 3)]))),
    )
    return Policy((Segment("all", "c"),), {"c": cadence})


@st.composite
def trials(draw: st.DrawFn) -> tuple[Tried, list[Addressee], dict[date, frozenset[str]]]:
    rows = [
        (number * 10 + customer_id, f"I{number}", draw(st.sampled_from(["EUR", "EUR", "USD"])),
         draw(st.sampled_from([5000, 20000])), draw(st.integers(-15, 25)), customer_id)
        for customer_id in CUSTOMERS
        for number in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    scores = {key: draw(st.sampled_from([70, 90, 95])) for key in CUSTOMERS}
    trial = Trial(1, draw(st.text("abc", max_size=4)), 50, draw(st.integers(1, 7)))
    tried = Tried(draw(policies()), rows, CustomerFacts(scores=scores), InvoiceFacts(), trial)
    addressees = [Addressee(key, "ALFA", f"C{key}", "FR", currency="EUR", email="a@b.example") for key in CUSTOMERS]
    holiday = START + timedelta(days=draw(st.integers(0, DAYS)))
    return tried, addressees, {holiday: frozenset({"FR"})}


@settings(max_examples=100, deadline=None)
@given(trials())
def test_what_is_held_back_goes_whole_on_the_first_day_of_sending_after_its_days(
    world: tuple[Tried, list[Addressee], dict[date, frozenset[str]]],
) -> None:
    tried, addressees, closed_on = world
    plans = tried.live(addressees, closed_on)
    sends = tried.policy.cadences["c"].send_on
    for place, day in enumerate(plans):
        for one in day.enrolled:
            going = place + one.days if one.is_held else place
            while going < DAYS and (plans[going].on.weekday() not in sends or plans[going].on in closed_on):
                going += 1
            for later in range(place, min(going, DAYS)):
                assert not [touch for touch in plans[later].touches if _keys(touch) & set(one.keys)]
            if going < DAYS:
                assert [touch for touch in plans[going].touches if set(one.keys) <= _keys(touch)]


@settings(max_examples=100, deadline=None)
@given(trials())
def test_every_invoice_is_in_one_place_and_distances_are_kept(
    world: tuple[Tried, list[Addressee], dict[date, frozenset[str]]],
) -> None:
    tried, addressees, closed_on = world
    ids = sorted(row[0] for row in tried.invoices)
    last: dict[int, date] = {}
    spacing = tried.policy.cadences["c"].spacing_days
    oldest = {key: max(row[4] for row in tried.invoices if row[5] == key) for key in CUSTOMERS}
    for day in tried.live(addressees, closed_on):
        told = [item.invoice_id for touch in day.touches for item in touch.items]
        assert sorted(told + [one.invoice_id for one in day.held]) == ids
        for touch in day.touches:
            is_bound = oldest[touch.customer_id] + (day.on - START).days < 60 and not touch.step.is_quiet
            if is_bound and touch.customer_id in last:
                assert (day.on - last[touch.customer_id]).days >= spacing
            if not touch.step.is_quiet:
                last[touch.customer_id] = day.on


@settings(max_examples=100, deadline=None)
@given(trials())
def test_only_good_payers_wait_and_never_for_a_firm_step(
    world: tuple[Tried, list[Addressee], dict[date, frozenset[str]]],
) -> None:
    tried, addressees, closed_on = world
    steps = {step.key: step for step in tried.policy.cadences["c"].steps}
    customer_of = {row[0]: row[5] for row in tried.invoices}
    for day in tried.live(addressees, closed_on):
        for one in day.enrolled:
            (customer,) = {customer_of[invoice_id] for invoice_id, _ in one.keys}
            assert tried.customers.scores[customer] >= 80
            assert all(steps[key].tone is Tone.FRIENDLY for _, key in one.keys)
            assert one.is_held == is_held_out(tried.trial, "ALFA", f"C{customer}")
        for waiting in day.held:
            assert waiting.reason is not Held.HELD_OUT or tried.customers.scores[waiting.customer_id] >= 80


@settings(max_examples=100, deadline=None)
@given(trials())
def test_what_is_shown_as_coming_is_what_comes(
    world: tuple[Tried, list[Addressee], dict[date, frozenset[str]]],
) -> None:
    tried, addressees, closed_on = world
    known = HoldOut({"ALFA": tried.trial}, frozenset(CUSTOMERS))
    customers = replace(tried.customers, hold_out=known)
    outlook = Outlook(tried.policy, START, addressees, tried.invoices, customers, tried.facts, closed_on)
    coming = list(outlook.days(DAYS - 1))
    assert coming == [(day.on, day.touches) for day in tried.live(addressees, closed_on)]


def _keys(touch: Touch) -> set[tuple[int, str]]:
    return {(item.invoice_id, item.step.key) for item in touch.items}
