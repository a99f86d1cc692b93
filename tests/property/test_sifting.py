"""Whom nothing can come to is found by look-ups: the plan is the same as if everybody had been decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.ladder import Held
from ar_cockpit.domain.cadence.outlook import Outlook
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan, CustomerFacts, Known, choose, make_plan
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.cadence.sifting import Choices, Reached, sift
from ar_cockpit.domain.policy.model import Cadence, Condition, Policy, Segment
from tests.property.test_outlook import START, outlooks

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
    owed: dict[int, list[Any]] = defaultdict(list)
    for row in reversed(one.invoices):
        owed[row[5]].append(row)
    alone = [addressee._replace(contact_id=None, email="", has_phone=False, speaks="") for addressee in one.addressees]
    reached = {a.customer_id: Reached(a.contact_id, a.email, a.has_phone, a.speaks) for a in one.addressees}
    return whole, sift(one.policy, alone, owed, customers, one.facts).plan(on, lambda _some: reached)


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
def many_known(draw: st.DrawFn) -> list[Known]:
    currencies = ["EUR", "EUR", "JPY", "KWD"]
    amounts, days = st.sampled_from([10, 100, 500, 1000, 1001, 1002, 10000]), st.sampled_from([-2, 0, 1, 3, 4])
    scores = draw(st.dictionaries(st.integers(0, 9), st.integers(33, 41), max_size=8))
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
            CustomerFacts(scores=scores),
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
    choices = Choices(policy)
    assert [choices.of(one).segment.key for one in many] == [choose(policy, one).segment.key for one in many]
