"""The longer acts and the lists of agreements as a tab holds them, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import DisputeCaseRow, DisputeRow, InvoiceRow, PaymentPlanRow, PromiseRow, ProposalRow
from ar_cockpit.domain.access import Role
from ar_cockpit.state.agreements.disputes import DisputesState
from ar_cockpit.state.agreements.plans import PlansState
from ar_cockpit.state.agreements.promises import PromisesState
from ar_cockpit.state.agreements.proposals import ProposalsState
from ar_cockpit.state.collector.agreeing import CollectorAgreeing
from ar_cockpit.state.collector.script import CollectorScript
from tests.state.cockpit_ledger import fill, today
from tests.state.conftest import StateOf


@pytest.fixture
def tab_database_url(database_url: str) -> str:
    """These screens run on both databases."""
    return database_url


def day_of(state_of: StateOf, act: str, kind: type[Any] = CollectorAgreeing) -> Any:
    state = state_of(kind, Role.COLLECTOR, f"/collector/?act={act}&customer=A&company=FR")
    fill()
    asyncio.run(state.load())
    state.prepare()
    return state


def listed(state_of: StateOf, kind: type[Any], role: Role = Role.COLLECTOR, query: str = "") -> Any:
    state = state_of(kind, role, f"/list/?company=FR{query}")
    asyncio.run(kind.load.fn(state))
    return state


def test_a_promise_is_shared_among_its_dates_and_stands_in_the_list(state_of: StateOf) -> None:
    state = day_of(state_of, "promise")
    asyncio.run(state.prepare_agreeing())
    assert (state.first_amount, state.later) == ("9000.00", [])
    state.add_date()
    state.add_date()
    assert [part.amount for part in state.later] == ["3000.00", "3000.00"]
    state.drop_date()
    (part,) = state.later
    form = {"amount": state.first_amount, "day": state.promise_day, "amount_1": part.amount, "day_1": part.day}
    assert state.record_promise(form | {"note": ""}) is not None
    with transaction() as session:
        assert session.exec(select(PromiseRow.amount_minor)).all() == [450_000, 450_000]
    shown = listed(state_of, PromisesState)
    assert [(one.customer, one.amount, one.state) for one in shown.items] == [("Maison A", "4,500.00", "open")] * 2
    assert [(one.label, one.value) for one in shown.figures][1] == ("Promised and still to come", "€9,000")
    assert [one.count for one in shown.ages] == ["1", "1", "0", "0", "0"]
    assert "/download/promises.csv" in shown.csv_href
    assert listed(state_of, PromisesState, query="&show=kept").items == []


def test_a_plan_is_worked_out_agreed_listed_and_ended(state_of: StateOf) -> None:
    state = day_of(state_of, "plan")
    asyncio.run(state.prepare_agreeing())
    assert (len(state.plan_lines), state.plan_total, state.plan_approval) == (3, "€9,000.00", "")
    asyncio.run(state.set_plan("plan_down", "nothing"))
    assert "is not an amount" in state.plan_error
    asyncio.run(state.set_plan("plan_down", "5000"))
    asyncio.run(state.set_plan("plan_count", "6"))
    assert [line.amount for line in state.plan_lines[:2]] == ["€5,000.00", "€800.00"]
    assert "credit manager" in state.plan_approval
    asyncio.run(state.set_plan("plan_count", "3"))
    assert state.agree_plan({"note": "by phone"}) is not None
    shown = listed(state_of, PlansState)
    (item,) = shown.items
    assert (item.principal, item.received, item.parts, item.state) == ("9,000.00", "0.00", "3 instalments", "on time")
    asyncio.run(shown.look(item.key, item.customer))
    assert next((part.amount, part.state) for part in shown.parts) == ("€5,000.00", "open")
    shown.ask_ending(item.key, item.customer)
    shown.end({"reason": "insolvent"})
    with transaction() as session:
        assert session.exec(select(PaymentPlanRow.state)).one() == "cancelled"
        assert set(session.exec(select(PromiseRow.state)).all()) == {"cancelled"}


def test_a_dispute_runs_against_its_clock_and_is_answered_by_its_owner(state_of: StateOf) -> None:
    state = day_of(state_of, "dispute")
    asyncio.run(state.prepare_agreeing())
    owner = next(one.value for one in state.owners if one.value.startswith("executive"))
    form = {"amount": "1000", "owner": owner, "answer_by": today().isoformat(), "note": "scratched"}
    assert state.open_dispute(form) is not None
    shown = listed(state_of, DisputesState, Role.EXECUTIVE, "&show=open")
    (item,) = shown.items
    assert (item.amount, item.clock, item.may_answer) == ("1,000.00", "0 days left", True)
    shown.ask_answer(item.key, item.invoice)
    shown.answer({"answer": "we send another"})
    asyncio.run(DisputesState.load.fn(shown))
    assert [(one.clock, one.may_answer) for one in shown.items] == [("answered", False)]
    assert [figure.value for figure in shown.figures][2] == "€1,000"
    for_sales = listed(state_of, DisputesState, Role.COLLECTOR, "&show=late")
    assert for_sales.items == []
    with transaction() as session:
        row = session.exec(select(DisputeRow)).one()
        assert row.owner_email == owner


def test_a_dispute_is_told_to_whom_is_chosen_and_the_list_is_narrowed_by_whose_and_why(state_of: StateOf) -> None:
    state = day_of(state_of, "dispute")
    asyncio.run(state.prepare_agreeing())
    manager = next(one.value for one in state.tellable if one.value.startswith("credit_manager"))
    for email in (manager, "executive@velmora.example", "executive@velmora.example", "nobody@x.example"):
        state.tell_also(email)  # pressed twice: not told after all
    assert state.told_emails == manager
    assert state.open_dispute({"told": state.told_emails}) is not None
    with transaction() as session:
        assert manager in session.exec(select(DisputeCaseRow)).one().told
    shown = listed(state_of, DisputesState, Role.EXECUTIVE, "&reason=price")
    assert ([one.label for one in shown.filters], len(shown.items)) == (["price"], 1)
    assert [one.value for one in shown.reason_choices][:2] == ["*", "price"]
    assert "reason=quality" in str(shown.narrow("reason", "quality"))
    assert "reason" not in str(shown.narrow("reason", "*"))
    assert shown.narrow("page", "2") is None


def test_a_promise_that_will_not_be_kept_is_ended_in_the_list_and_stands_again(state_of: StateOf) -> None:
    state = day_of(state_of, "promise")
    asyncio.run(state.prepare_agreeing())
    assert state.record_promise({"amount": "9000", "day": (today() + timedelta(days=9)).isoformat()}) is not None
    shown = listed(state_of, PromisesState)
    (item,) = shown.items
    assert item.may_end
    shown.ask_ending(item.key, item.customer)
    shown.end({"reason": "the customer is insolvent"})
    undo = shown.undo(shown.notices[-1].key)
    asyncio.run(PromisesState.load.fn(shown))
    assert shown.items == []  # ended on the day it was made: as if it never was
    shown.take_back(**undo.payload)
    asyncio.run(PromisesState.load.fn(shown))
    assert [(one.state, one.may_end) for one in shown.items] == [("open", True)]


def test_a_credit_manager_decides_what_was_proposed(state_of: StateOf) -> None:
    state = day_of(state_of, "finance")
    state.choose_asking("write_off")
    state.ask_finance({"note": "too old"})
    assert [one.may_decide for one in listed(state_of, ProposalsState).items] == [False]
    shown = listed(state_of, ProposalsState, Role.CREDIT_MANAGER)
    (item,) = shown.items
    assert (item.kind, item.amount, item.about, item.may_decide) == ("Write off", "€9,000.00", "A-1", True)
    shown.ask_accepting(item.key)
    assert "€9,000.00" in shown.consequences
    shown.accept()
    with transaction() as session:
        written_off = select(InvoiceRow.number).where(col(InvoiceRow.written_off_on).is_not(None))
        assert session.exec(written_off).all() == ["A-1"]
        assert session.exec(select(ProposalRow.state)).one() == "accepted"
    shown.take_back(int(item.key))
    with transaction() as session:
        assert session.exec(select(ProposalRow.state)).one() == "waiting"


def test_the_script_of_a_call_names_what_is_overdue_and_ends_with_a_date(state_of: StateOf) -> None:
    state = day_of(state_of, "call", CollectorScript)
    asyncio.run(state.prepare_script())
    assert any("1 invoice is overdue: €9,000, 40 days late." in point for point in state.points)
    assert "Ask for a date" in state.points[-2]


def test_a_call_again_day_in_the_past_is_refused(state_of: StateOf) -> None:
    state = day_of(state_of, "call")
    assert state.log_call({"note": "", "again": (today() - timedelta(days=1)).isoformat()}) is None
    assert state.notices[-1].kind == "bad"
