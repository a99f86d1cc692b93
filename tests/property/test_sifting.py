"""Whom nothing can come to is found by look-ups: the plan is the same as if everybody had been decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.columns import Owing
from ar_cockpit.domain.cadence.debtors import Debtors, choices_of
from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.outlook import Outlook
from ar_cockpit.domain.cadence.people import Column, People, worded
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan, CustomerFacts, Known, choose, make_plan
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.cadence.sifting import Asked, sift
from ar_cockpit.domain.cadence.worth import no_rate
from ar_cockpit.domain.policy.model import Cadence, Condition, Policy, Segment
from tests.property.test_outlook import KEYS, START, dones, outlooks

REACHED = ("contact_id", "email", "has_phone", "speaks")
CONDITIONS = [
    Condition("payer_score", "<", (Decimal(35),)),
    Condition("payer_score", "=", (Decimal(40),)),
    Condition("external_score", ">=", (Decimal("24.5"),)),
    Condition("open", ">", (Decimal("10.005"),)),
    Condition("open", "<=", (Decimal("10.01"),)),
    Condition("open", "in", (Decimal(10), Decimal("10.02"))),
    Condition("overdue", "!=", (Decimal("10.00"),)),
    Condition("overdue", "<", (Decimal("5.5"),)),
    Condition("oldest_days_overdue", ">", (Decimal(3),)),
    Condition("credit_use", ">", (Decimal("0.5"),)),
    Condition("payment_terms_days", "not_in", (Decimal(30),)),
    Condition("country", "in", ("fr", "be")),
    Condition("currency", "!=", ("eur",)),
    Condition("tags", "in", ("vip",)),
]


def whole_and_sifted(one: Outlook) -> tuple[CadencePlan, CadencePlan]:
    """Return the plan of the first day, decided for all, and only where something may come."""
    customers, on = replace(one.customers, closed_countries=one.closed_on.get(START, frozenset())), START
    whole = make_plan(one.policy, on, one.addressees, one.invoices, customers, one.facts)
    owing, numbers = Owing.of(list(reversed(one.invoices))), {row[0]: row[1] for row in one.invoices}
    alone = [addressee._replace(contact_id=None, email="", has_phone=False, speaks="") for addressee in one.addressees]
    by_key = {addressee.customer_id: addressee for addressee in one.addressees}

    def reach(people: People) -> dict[str, Column]:
        some = [by_key[key] for key in people.ids.tolist()]
        return {name: worded([getattr(one, name) for one in some]) for name in REACHED}

    return whole, sift(one.policy, People.of(alone), replace(owing, numbers=()), customers, one.facts).plan(
        on, Asked(reach, lambda ids: [numbers[key] for key in ids.tolist()])
    )


@settings(max_examples=200, deadline=None)
@given(outlooks(), st.booleans(), st.booleans())
def test_the_plan_is_the_one_in_which_everybody_is_decided(one: Outlook, names_broken: bool, is_planned: bool) -> None:
    if is_planned:  # some of the invoices are on plans with an instalment near, whatever else stops some of them
        cadences = {key: replace(cadence, instalment_notice_days=3) for key, cadence in one.policy.cadences.items()}
        near = {row[0]: InstalmentDue(row[0] % 2, START + timedelta(days=2), 500) for row in one.invoices if row[0] % 4}
        blocked = {key: Held.ON_PLAN for key in near if key % 3} | dict(one.facts.blocked)
        facts = replace(one.facts, instalments=near, blocked=blocked)
        one = replace(one, policy=replace(one.policy, cadences=cadences), facts=facts)
    if names_broken:  # promises that broke lately, about some of the invoices
        cadences = {key: replace(cadence, names_broken_promises=True) for key, cadence in one.policy.cadences.items()}
        broken = {row[0]: date(2026, 3, 1) for row in one.invoices if row[0] % 3 == 0}
        policy, facts = replace(one.policy, cadences=cadences), replace(one.facts, broken=broken)
        one = replace(one, policy=policy, facts=facts)
    whole, sifted = whole_and_sifted(one)
    assert sifted.day.touches == whole.day.touches
    assert sifted.day.tellings == whole.day.tellings
    assert (sifted.addressees, sifted.choices) == (whole.addressees, whole.choices)
    # Every open invoice in exactly one place, and why, in the same order; counted before it is read.
    counted = sifted.held_count
    assert sifted.held == whole.day.held
    assert counted == sifted.held_count == len(whole.held)


@st.composite
def crowds(draw: st.DrawFn) -> Outlook:
    """Return a ledger of many customers in few situations, with amounts on both sides of all that amounts decide."""
    whole = draw(outlooks())
    count = draw(st.integers(4, 14))
    days = draw(st.lists(st.integers(-14, 50), min_size=1, max_size=4))
    histories = draw(st.lists(dones(), max_size=2))
    currencies = st.sampled_from(["EUR", "EUR", "EUR", "USD"])
    amounts = st.sampled_from([5_000, 14_999, 15_000, 20_000, 100_000])
    people = [
        whole.addressees[0]._replace(
            customer_id=place + 1,
            code=f"C{place:03}",
            email=draw(st.sampled_from(["a@x.example", "a@x.example", ""])),
            has_phone=draw(st.booleans()),
            has_sales_owner=draw(st.booleans()),
            tags=draw(st.sampled_from([frozenset[str](), frozenset[str](), frozenset({"Manual"})])),
        )
        for place in range(count)
    ]
    invoices = [
        (one.customer_id * 10 + number, f"I{9 - number}", draw(currencies), draw(amounts), draw(st.sampled_from(days)),
         one.customer_id)
        for one in people
        for number in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    some = st.sampled_from([row[0] for row in invoices] or [-1])
    owners = st.integers(1, count)
    customers = CustomerFacts(
        since_reminder=draw(st.dictionaries(owners, st.integers(0, 20), max_size=count)),
        touched_today=frozenset(draw(st.sets(owners, max_size=2))),
        cover=draw(st.dictionaries(owners, st.dictionaries(currencies, st.sampled_from([4_999, 5_000, 40_000])))),
        blocked=draw(st.dictionaries(owners, st.just(Held.ON_HOLD), max_size=1)),
    )
    facts = replace(
        whole.facts,
        blocked=draw(st.dictionaries(some, st.sampled_from([Held.DISPUTED, Held.PROMISED]), max_size=3)),
        done=draw(st.dictionaries(some, st.sampled_from(histories), max_size=12)) if histories else {},
        told=draw(st.dictionaries(st.tuples(some, st.sampled_from(KEYS)), st.integers(0, 8), max_size=2)),
        unheard=frozenset(draw(st.sets(st.tuples(some, st.sampled_from(KEYS)), max_size=2))),
        reviewed=frozenset(draw(st.sets(some, max_size=2))),
        approved=frozenset(draw(st.sets(st.tuples(some, st.sampled_from(KEYS)), max_size=2))),
        paused=draw(st.dictionaries(some, st.frozensets(st.sampled_from(KEYS), max_size=1), max_size=2)),
    )
    return replace(whole, addressees=people, invoices=invoices, customers=customers, facts=facts)


@settings(max_examples=60, deadline=None)
@given(crowds())
def test_one_decision_answers_for_all_in_the_same_situation(one: Outlook) -> None:
    whole, sifted = whole_and_sifted(one)
    assert sifted.day.touches == whole.day.touches
    assert sifted.day.tellings == whole.day.tellings
    assert (sifted.addressees, sifted.choices) == (whole.addressees, whole.choices)
    assert sifted.held_count == len(whole.held)
    assert sifted.held == whole.day.held


@st.composite
def many_known(draw: st.DrawFn) -> list[Known]:
    currencies = ["EUR", "EUR", "JPY", "KWD"]
    amounts, days = st.sampled_from([10, 100, 500, 1000, 1001, 1002, 10000]), st.sampled_from([-2, 0, 1, 3, 4])
    scores = draw(st.dictionaries(st.integers(0, 9), st.integers(33, 41), max_size=8))
    worth = draw(st.sampled_from([no_rate, lambda _source, _into: Fraction(1, 3)]))
    return [
        Known(
            Addressee(
                customer_id,
                "ALFA",
                f"C{customer_id}",
                country=draw(st.sampled_from(["FR", "DE"])),
                currency=draw(st.sampled_from(currencies)),
                terms_days=draw(st.sampled_from([14, 30])),
                limit_minor=draw(st.sampled_from([None, 0, 1500])),
                external_score=draw(st.sampled_from([None, 24, 25])),
                segment=draw(st.sampled_from(["", "", "rest"])),
                tags=draw(st.sampled_from([frozenset[str](), frozenset({"VIP"})])),
            ),
            _owed(draw(st.lists(st.tuples(st.sampled_from(currencies), amounts, days), max_size=3))),
            CustomerFacts(scores=scores, worth=worth),
        )
        for customer_id in range(draw(st.integers(1, 10)))
    ]


def _owed(some: Sequence[tuple[str, int, int]]) -> list[tuple[Any, ...]]:
    rows = [(place, f"I{place}", currency, minor, days) for place, (currency, minor, days) in enumerate(some)]
    return sorted(rows, key=lambda row: -row[4])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True), many_known())
def test_who_is_alike_to_every_rule_has_the_same_segment(conditions: list[Condition], many: list[Known]) -> None:
    segments = [Segment(f"g{place}", "c", (one,)) for place, one in enumerate(conditions)]
    policy = Policy((*segments, Segment("rest", "c")), {"c": Cadence("c", ())})
    owing = [one for one in many if one.owed]
    rows = [(*row[:5], one.one.customer_id) for one in owing for row in one.owed]
    debtors = Debtors.of(People.of(one.one for one in many), Owing.of(rows), many[0].facts)
    which, choices = choices_of(policy, debtors)
    found = [choices[place].segment.key for place in which.tolist()]
    assert found == [choose(policy, one).segment.key for one in owing]
