"""The executive's screen as a tab holds it: figures in the reader's words, equal to what the command prints."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta

import pytest
from sqlmodel import select

from ar_cockpit.cli.figures import document
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services.figures import executive, reporting
from ar_cockpit.services.figures.executive import Cockpit
from ar_cockpit.state.executive.screen import ExecutiveState
from ar_cockpit.state.lists.invoices import InvoicesState
from tests.builders import a_customer, a_payment, an_invoice
from tests.state.conftest import StateOf

TODAY = date(2026, 11, 19)
ADDRESS = f"/executive/?as_of={TODAY}&currency=EUR"


def a_year_of_trade() -> None:
    """Write one invoice a week for a year, most of them paid ten days late, and one goal."""
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        company.targets = {"dso_countback": 30, "overdue_share": 0.9}
        customer = a_customer(session, company, "ATELYS", name="Atelys", country="FR", collector_email="ines@x.example")
        for week in range(52):
            on = TODAY - timedelta(days=7 * week)
            due_on, paid_on = on + timedelta(days=30), on + timedelta(days=40)
            paid = [(paid_on, 1_000_000)] if paid_on <= TODAY else []
            an_invoice(session, customer, f"F{week}", 1_000_000, on, due_on, paid=paid)
        a_payment(session, customer, "EXTRA", 12_300, TODAY)


@pytest.fixture
def loaded(state_of: StateOf) -> ExecutiveState:
    """The screen of a year of trade, loaded."""
    state: ExecutiveState = state_of(ExecutiveState, Role.EXECUTIVE, ADDRESS)
    a_year_of_trade()
    asyncio.run(ExecutiveState.load.fn(state))
    return state


def test_the_strip_says_what_the_command_says(loaded: ExecutiveState) -> None:
    with reading() as session:
        told = document(reporting.kpi(session, Actor.local_operator(), as_of=TODAY, currency="EUR"))
    receivables, overdue, dso, add, cei, cash = loaded.kpis
    assert (told["receivables"], receivables.value) == ("60000.00", "€60,000")
    assert receivables.fact == "€123 unapplied, apart"
    assert (told["overdue"], overdue.value) == ("10000.00", "€10,000")
    assert overdue.target == "16.7% of total, target 90.0%"
    assert overdue.fact == "1 invoice at 1 customer"
    assert (dso.value, add.value) == (f"{told['dso_countback']:.1f}", f"{told['add']:.1f}")
    assert dso.fact == f"Simple {told['dso']:.1f}, best possible {told['best_possible_dso']:.1f}"
    assert cei.value == f"{told['cei']:.1f}%"
    assert cash.value.startswith("€")


def test_a_missed_goal_has_a_flag_and_a_met_one_a_tick(loaded: ExecutiveState) -> None:
    _, overdue, dso, *_ = loaded.kpis
    assert (overdue.target_kind, dso.target_kind) == ("ok", "watch")
    assert dso.target.startswith("Target 30.0, ")


def test_every_figure_leads_to_its_documents_of_the_same_day(loaded: ExecutiveState) -> None:
    *kpis, cash = (kpi.href for kpi in loaded.kpis)
    assert kpis == [
        f"/invoices/?as_of={TODAY}&currency=EUR{show}"
        for show in ("", "&show=overdue", "", "&show=overdue", "&show=billed")
    ]
    assert cash == f"/forecast/cash/?as_of={TODAY}&currency=EUR&by=day"  # what is open today is another sum
    assert loaded.part_hrefs == [kpis[0], kpis[1]]
    assert loaded.largest_href == f"/customers/?as_of={TODAY}&currency=EUR&sort=-open"
    assert {one.receivables_href.partition("?")[0] for one in loaded.company_items} == {"/invoices/"}
    assert loaded.ages[-1].href == f"/invoices/?as_of={TODAY}&currency=EUR&bucket=not_due"


def test_a_bar_of_cash_leads_to_what_was_paid(loaded: ExecutiveState, state_of: StateOf) -> None:
    week = next(one for one in loaded.weeks if one.received == "10,000")
    for href in (week.received_href, week.came_href):
        listed: InvoicesState = state_of(InvoicesState, Role.EXECUTIVE, href)
        asyncio.run(InvoicesState.load.fn(listed))
        assert listed.sums.startswith("1 document, €10,000.00 paid"), listed.sums
        assert [item.open for item in listed.items] == ["10,000.00"]
    assert loaded.weeks[-1].ahead_href == f"/forecast/cash/?as_of={TODAY}&currency=EUR&week=2027-02-12"
    bars = [row for layer in loaded.cash_spec["layer"][:2] for row in layer["data"]["values"]]
    assert {loaded.cash_spec["usermeta"]["lead"] + row["go"] for row in bars} >= {week.received_href, week.came_href}


def test_what_a_collector_collected_leads_to_what_was_paid_this_month(
    loaded: ExecutiveState, state_of: StateOf
) -> None:
    (collector,) = loaded.collectors
    listed: InvoicesState = state_of(InvoicesState, Role.EXECUTIVE, collector.collected_href)
    asyncio.run(InvoicesState.load.fn(listed))
    assert f"€{collector.collected}.00 paid" in listed.sums
    assert next(one.label for one in listed.filters) == "Paid 1 Nov 2026 to 19 Nov 2026"


def test_key_figures_come_before_the_tables(loaded: ExecutiveState) -> None:
    looks: list[Cockpit] = []
    with reading() as session:
        whole = executive.cockpit(session, Actor.local_operator(), as_of=TODAY, currency="EUR", look=looks.append)
    (first,) = looks
    assert (first.is_whole, first.debtors, whole.is_whole) == (False, (), True)
    assert (first.now, first.series, first.targets) == (whole.now, whole.series, whole.targets)
    loaded._draw_first(first)
    assert (loaded.is_loaded, loaded.are_tables_loaded, loaded.kpis[1].fact) == (True, False, "\u00a0")


def test_every_figure_explains_itself(loaded: ExecutiveState) -> None:
    assert all(len(kpi.explanation) > 60 for kpi in loaded.kpis)
    assert "20 Aug 2026" in loaded.kpis[2].explanation


def test_turnover_and_the_worth_of_a_day_stand_with_the_figures(loaded: ExecutiveState) -> None:
    more = {kpi.label: kpi.more for kpi in loaded.kpis if kpi.more}
    assert list(more) == ["Receivables", "DSO, count-back"]
    assert re.fullmatch(r"Turned over [0-9.]+ times a year", more["Receivables"])
    assert re.fullmatch(r"One day is worth €[0-9,]+", more["DSO, count-back"])
    assert all(len(told) <= 29 for told in more.values())


def test_charts_have_a_sentence_and_their_figures(loaded: ExecutiveState) -> None:
    assert loaded.ageing_summary == "Overdue share is down to 17%, from 20% on 19 Aug. Over 90 days: €0, 0.0%."
    assert "bring in about €" in loaded.dso_summary
    assert loaded.cash_summary
    assert (len(loaded.months), len(loaded.weeks)) == (13, 26)
    assert all(spec["layer"] for spec in (loaded.ageing_spec, loaded.dso_spec, loaded.cash_spec))


def test_tables_name_who_owes_and_who_is_on_it(loaded: ExecutiveState) -> None:
    (debtor,) = loaded.debtors
    assert (debtor.name, debtor.overdue, debtor.oldest, debtor.risk) == ("Atelys", "10,000", "5 d", "Low")
    assert debtor.href == f"/customers/record/?currency=EUR&as_of={TODAY}&company=FR&customer=ATELYS"
    (collector,) = loaded.collectors
    assert (collector.portfolio, collector.goal, collector.goal_width) == ("60,000", "—", -1)
    assert [company.name for company in loaded.company_items] == ["Velmora France", "Velmora UK"]


def test_french_writes_it_as_the_french_do(loaded: ExecutiveState) -> None:
    loaded.language = "fr"
    asyncio.run(ExecutiveState.load.fn(loaded))
    assert loaded.kpis[0].value == "60\u00a0000\u00a0€"
    assert loaded.debtors[0].risk == "Faible"


def test_without_documents_the_screen_says_what_to_do(state_of: StateOf) -> None:
    state = state_of(ExecutiveState, Role.EXECUTIVE, "/executive/")
    asyncio.run(ExecutiveState.load.fn(state))
    assert state.is_empty
    assert {kpi.value for kpi in state.kpis[2:]} == {"—"}


@pytest.mark.parametrize("role", [Role.SALES, Role.ADMIN])
def test_roles_without_figures_get_none(state_of: StateOf, role: Role) -> None:
    state = state_of(ExecutiveState, role, ADDRESS)
    a_year_of_trade()
    asyncio.run(ExecutiveState.load.fn(state))
    assert (state.kpis, state.debtors, state.is_loaded) == ([], [], False)


def test_computing_it_keeps_nobody_waiting() -> None:
    assert ExecutiveState.event_handlers["load"].is_background
