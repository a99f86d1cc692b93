"""The states of a shared day: many ticked tasks, presence, the team, results and weights."""

from __future__ import annotations

import asyncio

import pytest
from sqlmodel import select

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CollectorGoalRow, CompanyRow, PortfolioRuleRow, QueueWeightsRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.services import clock
from ar_cockpit.services.collecting.sharing import claims
from ar_cockpit.state.collector.bulk import CollectorBulk
from ar_cockpit.state.collector.presence import CollectorPresence
from ar_cockpit.state.collector.results import ResultsState
from ar_cockpit.state.collector.team import TeamState
from ar_cockpit.state.collector.weights import WeightsState
from ar_cockpit.state.frame.session import SessionState
from tests.state.cockpit_ledger import COLLECTOR, fill
from tests.state.conftest import StateOf, place


def test_ticked_tasks_are_previewed_done_and_undone_as_one(state_of: StateOf) -> None:
    day = state_of(CollectorBulk, Role.COLLECTOR, "/collector/")
    fill()
    asyncio.run(day.load())
    day.pick_all()
    assert (day.picked_words, day.all_picked) == ("2 tasks ticked", True)
    asyncio.run(day.ask("snooze"))
    assert (day.bulk_words, day.bulk_confirm) == ("2 customers sleep until that day, €9,450 overdue.", "Snooze 2")
    assert asyncio.run(day.run_bulk({"day": "soon"})) is None
    assert "'soon' is not a day." in day.bulk_error
    asyncio.run(day.run_bulk({"day": day.bulk_day}))
    assert asyncio.run(day.run_bulk({"day": day.bulk_day})) is None  # pressed twice: once is enough
    (notice,) = day.notices
    asyncio.run(day.load())
    assert (day.tasks, day.picked) == ([], [])
    undo = day.undo(notice.key)
    assert undo is not None
    asyncio.run(day.undo_bulk(**dict(undo.payload.items())))
    asyncio.run(day.load())
    assert len(day.tasks) == 2


def test_a_customer_that_somebody_else_has_open_is_told_passed_by_and_taken_over(state_of: StateOf) -> None:
    day = state_of(CollectorPresence, Role.COLLECTOR, "/collector/")
    fill()
    asyncio.run(day.load())
    marc = Actor(99, "marc@velmora.example", "Marc", (Grant(Role.COLLECTOR),))
    with transaction() as session:
        claims.take(session, marc, day._customer_id, at=clock.now())
    asyncio.run(day.refresh())
    assert day.taken_words.startswith("marc@velmora.example has had this customer open since")
    assert day.tasks[0].taken == "marc@velmora.example is here"
    day.take_over()
    assert day.taken_words == ""
    with transaction() as session:
        assert {one.email for one in claims.taken(session, marc, at=clock.now()).values()} == {COLLECTOR}


def test_weights_that_cannot_be_meant_are_said_at_the_form_and_change_nothing(state_of: StateOf) -> None:
    page = state_of(WeightsState, Role.CREDIT_MANAGER, "/settings/queue/?company=FR")
    page.load()
    page.save({"value": "900"})
    assert "Give a whole number from 0 to 300." in page.error
    assert [one.number for one in page.versions] == [0]
    page.save({"value": "150"})
    assert [one.number for one in page.versions] == [1, 0]
    assert page.versions[0].changed == "Worth of acting 150\u00a0%"


def test_a_collector_sees_absences_alone_and_the_lead_rules_of_the_company_chosen(state_of: StateOf) -> None:
    mine = state_of(TeamState, Role.COLLECTOR, "/collector/team/")
    fill()
    asyncio.run(mine.load())
    assert (mine.leads, mine.orphans, mine.rules) == (False, [], [])
    assert asyncio.run(mine.apply()) is None
    assert mine.notices[-1].kind == "bad"


@pytest.mark.parametrize("amount", ["much", "-5"])
def test_a_goal_that_is_no_amount_is_said_at_the_field(state_of: StateOf, amount: str) -> None:
    page = state_of(ResultsState, Role.CREDIT_MANAGER, "/collector/results/?company=FR")
    fill()
    asyncio.run(page.load())
    page.ask_goal(COLLECTOR)
    assert page.goal_of == COLLECTOR
    asyncio.run(page.save_goal({"amount": amount}))
    assert page.goal_error
    asyncio.run(page.save_goal({"amount": "12000"}))
    assert next(item.goal for item in page.people if item.key == COLLECTOR) == "€12,000"


def elsewhere(page: SessionState, address: str) -> None:
    """Lead the same tab to another address."""
    place(page, address, page._get_root_state().router.headers.cookie.split("=", 1)[1])


def test_a_rule_is_put_back_to_its_company_and_place(state_of: StateOf) -> None:
    page = state_of(TeamState, Role.CREDIT_MANAGER, "/collector/team/?company=FR")
    asyncio.run(page.load())
    page.choose("rule_who", COLLECTOR)
    for country in ("DE", "FR"):
        asyncio.run(page.add_rule({"country": country, "least": "100"}))
    asyncio.run(page.move_rule(page.rules[1].key, True))
    asyncio.run(page.remove_rule(page.rules[0].key))
    undo = page.undo(page.notices[-1].key)
    elsewhere(page, "/collector/team/?company=UK")
    asyncio.run(page.put_rule_back(**undo.payload))
    with reading() as session:
        told = session.exec(
            select(CompanyRow.code, PortfolioRuleRow.country, PortfolioRuleRow.currency)
            .join(CompanyRow)
            .order_by(PortfolioRuleRow.place)
        ).all()
    assert told == [("FR", "FR", "EUR"), ("FR", "DE", "EUR")]


def test_a_goal_is_put_back_where_it_was_set_whatever_is_on_screen_by_then(state_of: StateOf) -> None:
    page = state_of(ResultsState, Role.CREDIT_MANAGER, "/collector/results/?company=FR")
    fill()
    asyncio.run(page.load())
    for amount in ("100", "200"):
        page.ask_goal(COLLECTOR)
        asyncio.run(page.save_goal({"amount": amount}))
    undo = page.undo(page.notices[-1].key)
    elsewhere(page, f"/collector/results/?company=UK&month={page.month_choices[1].value}")
    asyncio.run(page.load())
    asyncio.run(page.put_goal_back(**undo.payload))
    assert page.notices[-1].text == "Undone."
    with reading() as session:
        (goal,) = session.exec(select(CollectorGoalRow)).all()
        company = session.get_one(CompanyRow, goal.company_id).code
    assert (company, goal.currency, goal.amount_minor) == ("FR", "EUR", 10_000)


def test_weights_are_put_back_for_the_company_they_were_changed_for(state_of: StateOf) -> None:
    page = state_of(WeightsState, Role.CREDIT_MANAGER, "/settings/queue/?company=FR")
    page.load()
    page.save({"value": "150"})
    undo = page.undo(page.notices[-1].key)
    elsewhere(page, "/settings/queue/?company=UK")
    page.restore(**undo.payload)
    with reading() as session:
        told = session.exec(select(CompanyRow.code, QueueWeightsRow.number).join(CompanyRow)).all()
    assert sorted(told) == [("FR", 1), ("FR", 2)]
