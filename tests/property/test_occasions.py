"""Whatever broke and whatever stops: every open invoice is still in one place, and a customer hears one thing a day."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ar_cockpit.domain.cadence.ladder import Held, OpenInvoice
from ar_cockpit.domain.cadence.occasions import OCCASION
from ar_cockpit.domain.cadence.plan import Addressee, CadencePlan, CustomerFacts, make_plan
from ar_cockpit.domain.cadence.shapes import InstalmentDue, InvoiceFacts
from ar_cockpit.domain.policy.model import BROKEN_PROMISE, INSTALMENT, Cadence, Policy, Segment, Step, Tone

ON = date(2026, 3, 3)
STEPS = (
    Step("courtesy", -7, template="courtesy"),
    Step("reminder", 3),
    Step("firm", 40, template="firm", tone=Tone.FIRM),
    Step("formal", 70, template="formal_notice", tone=Tone.FORMAL_NOTICE, approve=True),
)
invoices = st.lists(
    st.tuples(st.sampled_from(["EUR", "GBP"]), st.integers(1, 10**6), st.integers(-20, 120)), min_size=1, max_size=6
)
stops = st.dictionaries(st.integers(0, 5), st.sampled_from([Held.DISPUTED, Held.PROMISED, Held.ON_PLAN, Held.ON_HOLD]))
broken = st.dictionaries(st.integers(0, 5), st.integers(0, 7).map(lambda days: ON - timedelta(days=days)))


def planned(
    rows: list[tuple[str, int, int]], facts: InvoiceFacts, customers: CustomerFacts, email: str = "ann@x.example"
) -> CadencePlan:
    cadence = Cadence("c", STEPS, names_broken_promises=True, instalment_notice_days=3)
    policy = Policy((Segment("all", "c"),), {"c": cadence})
    owed = [(*OpenInvoice(n, f"I{n}", currency, minor, days), 1) for n, (currency, minor, days) in enumerate(rows)]
    one = Addressee(1, "ALFA", "C1", currency="EUR", email=email)
    return make_plan(policy, ON, [one], owed, customers, facts)


@given(invoices, stops, broken, st.sampled_from([None, 1, 5, 30]), st.booleans(), st.booleans())
def test_every_invoice_is_in_one_place_and_a_customer_hears_one_thing(
    rows: list[tuple[str, int, int]],
    blocked: dict[int, Held],
    named: dict[int, date],
    since: int | None,
    is_touched: bool,
    has_email: bool,
) -> None:
    customers = CustomerFacts(
        since_reminder={} if since is None else {1: since}, touched_today=frozenset([1] if is_touched else ())
    )
    # A plan is about one currency; its instalment is two days away.
    on_plan = [n for n, (currency, _, _) in enumerate(rows) if blocked.get(n) is Held.ON_PLAN and currency == "EUR"]
    near = dict.fromkeys(on_plan, InstalmentDue(1, ON + timedelta(days=2), 100))
    facts = InvoiceFacts(blocked=blocked, broken=named, instalments=near)
    plan = planned(rows, facts, customers, "ann@x.example" if has_email else "")
    places = Counter(item.invoice_id for touch in plan.day.touches for item in touch.items)
    places += Counter(waiting.invoice_id for waiting in plan.day.held)
    assert places == Counter(range(len(rows)))
    assert len(plan.day.touches) <= 1
    for touch in plan.day.touches:
        assert not is_touched
        about = {item.invoice_id for item in touch.items}
        assert about == set(near) if touch.step.template == INSTALMENT else not about & set(blocked)
        assert touch.total_minor == sum(item.open_minor for item in touch.items)
        if touch.step.template == BROKEN_PROMISE:
            assert {item.invoice_id for item in touch.items} & set(named)
        if touch.step_key.startswith(OCCASION) and touch.step.template == BROKEN_PROMISE:
            assert has_email
            assert {item.invoice_id for item in touch.items} <= set(named)


@given(invoices, broken)
def test_without_the_switch_nothing_is_different(rows: list[tuple[str, int, int]], named: dict[int, date]) -> None:
    facts = InvoiceFacts(broken=named)
    plain = replace(Cadence("c", STEPS), names_broken_promises=False)
    policy = Policy((Segment("all", "c"),), {"c": plain})
    owed = [(*OpenInvoice(n, f"I{n}", currency, minor, days), 1) for n, (currency, minor, days) in enumerate(rows)]
    one = [Addressee(1, "ALFA", "C1", currency="EUR", email="ann@x.example")]
    with_facts = make_plan(policy, ON, one, owed, CustomerFacts(), facts)
    assert with_facts.day == make_plan(policy, ON, one, owed, CustomerFacts(), InvoiceFacts()).day
