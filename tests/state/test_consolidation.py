"""The choice of currency as a tab holds it, and screens over several currencies: one figure, its day, its reason."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from ar_cockpit.cli.figures import document
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.services.figures import consolidating
from ar_cockpit.services.groups import assign_groups
from ar_cockpit.services.rates.book import rates_folder
from ar_cockpit.services.reports import files
from ar_cockpit.services.reports.files import Part, Wish
from ar_cockpit.services.reports.rows import Asked
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.executive.left_out import LeftOutState
from ar_cockpit.state.executive.screen import ExecutiveState
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.customers import CustomersState
from ar_cockpit.state.lists.invoices import InvoicesState
from ar_cockpit.state.reports.screen import ReportsState
from ar_cockpit.state.sales.screen import SalesState
from tests.builders import a_company, a_customer, an_invoice
from tests.published import rates_file
from tests.state.conftest import StateOf, place

TODAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 13)


@pytest.fixture
def trade(sign_in_as: Callable[[Role], str]) -> None:
    """One invoice in each currency, overdue, in the two companies; 0.80 pounds for a euro, published on a Friday."""
    assert sign_in_as
    rates_file(rates_folder(), FRIDAY, 400, GBP="0.80", USD="1.25")
    with transaction() as session:
        french, british = (
            session.exec(select(CompanyRow).where(CompanyRow.code == code)).one() for code in ("FR", "UK")
        )
        one = a_customer(session, french, "ATELYS", name="Atelys", sales_email=f"{Role.SALES}@velmora.example")
        two = a_customer(session, british, "WEXCOMBE", name="Wexcombe")
        billed, due = date(2026, 9, 1), date(2026, 10, 1)
        an_invoice(session, one, "EUR-1", 10_001, billed, due)
        an_invoice(session, one, "USD-1", 5_000, billed, due, currency="USD")
        an_invoice(session, two, "GBP-1", 40_000, billed, due)


def load(state_of: StateOf, kind: type[SessionState], address: str, role: Role = Role.EXECUTIVE) -> Any:
    state = state_of(kind, role, address)
    asyncio.run(kind.load.fn(state))  # type: ignore[attr-defined]
    return state


@pytest.mark.parametrize(
    ("query", "consolidate", "currency"),
    [
        pytest.param("", "EUR", "EUR", id="several currencies: all of them, in the usual one"),
        pytest.param("?currency=GBP", "", "GBP", id="one currency on request"),
        pytest.param("?consolidate=USD", "USD", "USD", id="consolidated in another"),
        pytest.param("?consolidate=XYZ", "EUR", "EUR", id="a wrong choice counts as none"),
        pytest.param("?company=UK", "", "GBP", id="one company: its own currency"),
        pytest.param("?company=FR", "EUR", "EUR", id="one company with documents in several: all of them"),
        pytest.param("?company=FR&currency=USD", "", "USD", id="and those of one on request"),
        pytest.param("?company=UK&consolidate=EUR", "EUR", "EUR", id="one company, consolidated"),
    ],
)
def test_the_address_chooses_the_currency(
    state_of: StateOf, trade: None, query: str, consolidate: str, currency: str
) -> None:
    assert trade is None
    state = load(state_of, InvoicesState, f"/invoices/{query}")
    assert (state.consolidate, state.currency) == (consolidate, currency)
    assert state.consolidations == ["EUR", "GBP", "USD"]


@pytest.mark.parametrize(
    ("choice", "address"),
    [
        pytest.param("GBP", "/executive/?currency=GBP", id="documents of one currency"),
        pytest.param("=USD", "/executive/?consolidate=USD", id="all of them, converted"),
    ],
)
def test_the_menu_puts_the_choice_into_the_address(state_of: StateOf, choice: str, address: str) -> None:
    state = state_of(ExecutiveState, Role.EXECUTIVE, "/executive/?consolidate=EUR")
    asyncio.run(ExecutiveState.load.fn(state))
    told = str(SessionState.choose_currency.fn(state, choice))
    assert address in told


def test_the_executives_figures_are_those_of_the_command(state_of: StateOf, trade: None) -> None:
    assert trade is None
    state = load(state_of, ExecutiveState, f"/executive/?as_of={TODAY}")
    with reading() as session:
        told = document(consolidating.kpi(session, Actor.local_operator(), as_of=TODAY, into="EUR"))
    receivables, overdue, dso, *_ = state.kpis
    assert (told["receivables"], receivables.value, overdue.value) == ("640.01", "€640", "€640")
    assert dso.value == f"{told['dso_countback']:.1f}"
    assert (state.rates, state.rates_are_old) == ("ECB rates of 13 Nov 2026.", False)
    assert state.rates_listed == "1 GBP = 1.25 EUR, 1 USD = 0.8 EUR"
    assert [(one.name, one.receivables, one.converted) for one in state.company_items] == [
        ("Velmora France", "€100", "140"),
        ("Velmora UK", "£400", "500"),
    ]
    assert {kpi.href for kpi in state.kpis} >= {f"/invoices/?as_of={TODAY}&consolidate=EUR"}
    assert state.debtors[0].overdue == "500"


def test_figures_in_one_currency_say_what_they_leave_out_and_lead_to_it(state_of: StateOf, trade: None) -> None:
    assert trade is None
    told = {}
    for page in (
        "/executive/?currency=EUR",
        "/executive/?consolidate=EUR",
        "/executive/targets/?x=1",
        "/executive/reports/?currency=EUR",
        "/executive/reports/?x=1",
    ):
        state = state_of(LeftOutState, Role.EXECUTIVE, f"{page}&as_of={TODAY}&company=FR")
        asyncio.run(LeftOutState.look.fn(state))
        told[page] = (state.left_out, state.left_out_href)
    said = "Not in these figures: 1 open document in USD."
    assert list(told.values()) == [
        (said, f"/executive/?as_of={TODAY}&company=FR&consolidate=EUR"),
        ("", ""),
        (said, ""),
        (said, f"/executive/reports/?as_of={TODAY}&company=FR&consolidate=EUR"),
        ("", ""),
    ]


def test_a_report_on_screen_is_of_all_documents_and_says_at_which_rates(state_of: StateOf, trade: None) -> None:
    assert trade is None
    state = load(state_of, ReportsState, f"/executive/reports/?as_of={TODAY}&report=aged_balance")
    assert state.rates == "1 GBP = 1.25 EUR, 1 USD = 0.8 EUR. ECB rates of 13 Nov 2026."
    assert (state.foot[4].text, state.rates_are_old) == ("640.01", False)
    assert state.foot[4].href == f"/invoices/?as_of={TODAY}&consolidate=EUR"
    one = state._address(company="FR", currency="USD", consolidate="")
    place(state, one, state._held.token)
    asyncio.run(ReportsState.load.fn(state))
    assert (state.rates, state.foot[4].text) == ("", "50.00")


def test_a_report_says_in_its_file_what_it_leaves_out(trade: None) -> None:
    assert trade is None
    operator = Actor.local_operator()
    wish = Wish([Part("aged_balance", SHIPPED["aged_balance"])], Asked(TODAY, "FR", "EUR"), "en")
    with reading() as session:
        book = load_workbook(io.BytesIO(files.make(session, operator, wish, "xlsx").content))
    assert [cell.value for cell in book["About"][2]][1:] == ["EUR", "Not in these figures: 1 open document in USD."]


def test_rates_older_than_a_week_are_marked(state_of: StateOf, trade: None) -> None:
    assert trade is None
    rates_file(rates_folder(), date(2026, 11, 5), 300, GBP="0.80", USD="1.25")
    state = load(state_of, ExecutiveState, f"/executive/?as_of={TODAY}")
    assert (state.rates, state.rates_are_old) == ("ECB rates of 5 Nov 2026, 14 days old.", True)


def test_without_a_rate_the_figure_is_a_dash_with_the_reason(state_of: StateOf, trade: None) -> None:
    assert trade is None
    with transaction() as session:
        customer = a_customer(session, a_company(session, "TN", currency="TND"), "TUNIS")
        an_invoice(session, customer, "TND-1", 5_000, date(2026, 11, 1), date(2026, 12, 1))
    state = load(state_of, ExecutiveState, f"/executive/?as_of={TODAY}&consolidate=EUR")
    receivables, overdue, _, add, _, cash = state.kpis
    assert (receivables.value, receivables.fact) == ("—", "No TND rate")
    assert "TND has no rate on 19 Nov 2026." in receivables.explanation
    assert (overdue.value, cash.value, cash.fact, add.value) == ("€640", "—", "No TND rate", "—")
    assert state.missing_rates.startswith("TND has no rate on 19 Nov 2026.")
    assert state.ages[-1].amount == "—"
    assert [one.converted for one in state.company_items] == ["—", "140", "500"]


def test_a_list_says_each_rows_currency_and_what_its_sum_is_made_of(state_of: StateOf, trade: None) -> None:
    assert trade is None
    state = load(state_of, InvoicesState, f"/invoices/?as_of={TODAY}")
    assert sorted(item.open for item in state.items) == ["US$50.00", "£400.00", "€100.01"]
    assert state.sums == "3 documents, open €640.01 of €640.01"
    assert state.parts == ("€100.01, £400.00, US$50.00 (1 GBP = 1.25 EUR, 1 USD = 0.8 EUR). ECB rates of 13 Nov 2026.")
    assert state.head_currency == ""
    one = load(state_of, InvoicesState, f"/invoices/?as_of={TODAY}&currency=GBP")
    assert ([item.open for item in one.items], one.parts, one.head_currency) == (["400.00"], "", "GBP")


def test_customers_stand_in_what_they_owe(state_of: StateOf, trade: None) -> None:
    assert trade is None
    state = load(state_of, CustomersState, f"/customers/?as_of={TODAY}&sort=-open")
    assert [(item.name, item.open) for item in state.items] == [
        ("Wexcombe", "£400.00"),
        ("Atelys", "€100.01"),
        ("Atelys", "US$50.00"),
    ]
    assert state.sums == "3 customers, overdue €640.01 of €640.01"


@pytest.fixture
def family(trade: None) -> None:
    """Atelys with a subsidiary that owes pounds."""
    assert trade is None
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        below = a_customer(session, company, "FILIALE", name="Filiale", parent_code="ATELYS", currency="GBP")
        below.sales_email = f"{Role.SALES}@velmora.example"
        an_invoice(session, below, "F-1", 8_000, date(2026, 11, 1), date(2026, 12, 1))
        session.flush()
        assign_groups(session, company.id)


def test_the_collector_and_sales_see_what_the_group_owes(state_of: StateOf, family: None) -> None:
    assert family is None
    query = f"?as_of={TODAY}&company=FR&customer=ATELYS"
    collector = load(state_of, CollectorState, f"/collector/{query}", Role.COLLECTOR)
    sales = load(state_of, SalesState, f"/sales/{query}", Role.SALES)
    for group in (collector.record.group, sales.card.group):
        assert (group.name, group.text) == ("Atelys", "Owes €240, overdue €140.")
        assert group.note == "2 customers. ECB rates of 13 Nov 2026."
        assert group.href == f"/customers/?as_of={TODAY}&company=FR&group=ATELYS&consolidate=EUR"
    members = load(state_of, CustomersState, sales.card.group.href, Role.SALES)
    assert {item.name for item in members.items} == {"Atelys", "Filiale"}
    assert [one.label for one in members.filters] == ["Group ATELYS"]


def test_customers_can_be_listed_by_group(state_of: StateOf, family: None) -> None:
    assert family is None
    state = load(state_of, CustomersState, f"/customers/?as_of={TODAY}&by=group")
    assert [(item.name, item.members, item.open, item.overdue) for item in state.groups] == [
        ("Wexcombe", "", "€500.00", "€500.00"),
        ("Atelys", "2 customers", "€240.01", "€140.01"),
    ]
    assert state.groups[1].href == f"/customers/?as_of={TODAY}&company=FR&group=ATELYS&consolidate=EUR"
    assert state.sums == "2 groups and customers, overdue €640.01 of €740.01"
    assert "by=group" not in str(CustomersState.gather.fn(state, "customer"))
    assert "by=group" in str(CustomersState.gather.fn(state, "group"))
