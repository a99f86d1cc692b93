"""The sales screen as a state: own customers only, an order in the address, a pause and a question with undo."""

from __future__ import annotations

import asyncio

import pytest
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import TouchpointRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import policy, run
from ar_cockpit.settings import get_settings
from ar_cockpit.state.sales.screen import SalesState
from tests.state.cockpit_ledger import fill
from tests.state.conftest import StateOf


def loaded(state_of: StateOf, address: str, role: Role = Role.SALES) -> SalesState:
    state = state_of(SalesState, role, address)
    fill()
    asyncio.run(state.load())
    return state


def test_sales_see_their_own_customers_the_worst_first(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/")
    assert [(one.name, one.kind) for one in state.customers] == [("Maison A", "watch"), ("Maison C", "ok")]
    assert (state.may_see_all, state.card.name) == (False, "Maison A")


def test_a_credit_manager_sees_all_of_them(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/", Role.CREDIT_MANAGER)
    assert len(state.customers) == 3
    assert (state.may_see_all, state.scope) == (True, "all")


def test_somebody_elses_customer_is_as_unknown_as_one_that_does_not_exist(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/?customer=FR/B")
    assert (state.has_card, state.missing) == (False, "There is no such customer among those you look after.")


@pytest.mark.parametrize(
    ("order", "kind", "acceptable"),
    [("1000", "ok", ""), ("1000.01", "watch", "€1,000"), ("nonsense", "", ""), ("-5", "", ""), ("9e99", "", "")],
)
def test_the_order_in_the_address_is_answered(state_of: StateOf, order: str, kind: str, acceptable: str) -> None:
    state = loaded(state_of, f"/sales/?customer=FR/A&order={order}")
    assert (state.answer.kind, state.answer.acceptable) == (kind, acceptable)
    assert bool(state.order_error) == (kind == "")


def test_what_was_typed_is_read_as_the_reader_writes_it(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/?customer=FR/A")
    assert state.check({"order": "12 or so"}) is None
    assert "is not an amount" in state.order_error
    assert state.check({"order": "12,000"}) is not None


FIRM = """
version = 1
[[segment]]
key = "all"
cadence = "all"
[[cadence]]
key = "all"
send_on = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  [[cadence.step]]
  key = "firm"
  offset = 30
  channel = "email"
  template = "firm"
  tone = "firm"
  tell_sales_days = 2
"""


def test_a_firm_step_is_paused_shown_and_taken_back(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/?customer=FR/A")
    with transaction() as session:
        policy.load(session, Actor.local_operator(), FIRM, at=clock.now())
    asyncio.run(state.load())
    assert [(one.place, one.may_pause) for one in state.coming] == [(0, True)]
    for place in (5, -1):
        state.start_pausing(place)
        assert state.is_pausing is False
    state.start_pausing(0)
    state.pause({"reason": "short delivery"})
    asyncio.run(state.load())
    assert "short delivery" in state.paused
    assert state.coming == [], "nothing else was coming"
    undo = state.undo(state.notices[-1].key)
    assert undo is not None
    state.take_back(**undo.payload)
    asyncio.run(state.load())
    assert (state.paused, len(state.coming)) == ("", 1)


def test_a_firm_step_on_the_card_is_told_once_its_digest_is_written(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/?customer=FR/A")
    today = clock.today(get_settings().zone)
    with transaction() as session:
        policy.load(session, Actor.local_operator(), FIRM, at=clock.now())
        assert run.run(session, Actor.local_operator(), today, at=clock.now()).told
    for _ in range(2):
        asyncio.run(state.load())
    with reading() as session:
        told = [row.facts.get("seen") for row in session.exec(select(TouchpointRow)) if row.kind == "sales_told"]
    assert sorted(told, key=str) == [None, "cockpit"]


def test_a_question_without_words_is_refused(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/?customer=FR/A")
    assert state.ask({"question": "  "}) is None
    assert state.notices[-1].kind == "bad"
    assert state.ask({"question": "May I ship?"}) is not None


def test_an_admin_sees_no_business_figure(state_of: StateOf) -> None:
    state = loaded(state_of, "/sales/", Role.ADMIN)
    assert (state.customers, state.has_card) == ([], False)
