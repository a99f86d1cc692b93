"""The lists of documents and customers as a tab holds them: filters, order, page and exports from the address."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlmodel import select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Role
from ar_cockpit.state.lists.customers import CustomersState
from ar_cockpit.state.lists.invoices import InvoicesState
from tests.builders import a_customer, an_invoice
from tests.state.conftest import StateOf

TODAY = date(2026, 11, 19)


@pytest.fixture
def tab_database_url(database_url: str) -> str:
    """These screens run on both databases."""
    return database_url


def some_documents() -> None:
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        mine = a_customer(session, company, "ATELYS", name="Atelys", sales_email=f"{Role.SALES}@velmora.example")
        other = a_customer(session, company, "ZIELMET", name="Zielmet")
        old, new = date(2026, 6, 1), date(2026, 11, 1)
        an_invoice(session, mine, "OLD", 100_050, old, date(2026, 7, 1))
        an_invoice(session, mine, "NEW", 20_000, new, date(2026, 12, 1))
        an_invoice(session, other, "LATE", 5_000, new, date(2026, 11, 10))
        an_invoice(session, other, "PAID", 7_000, old, date(2026, 7, 1), paid=[(date(2026, 11, 2), 7_000)])
        an_invoice(session, other, "BACK", -1_000, new, new)


def invoices(state_of: StateOf, query: str = "", role: Role = Role.EXECUTIVE) -> InvoicesState:
    state: InvoicesState = state_of(InvoicesState, role, f"/invoices/?as_of={TODAY}{query}")
    some_documents()
    asyncio.run(InvoicesState.load.fn(state))
    return state


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        pytest.param("", ["OLD", "BACK", "LATE", "NEW"], id="open, oldest due date first"),
        pytest.param("&show=overdue&sort=-open", ["OLD", "LATE", "BACK"], id="overdue by amount"),
        pytest.param("&show=settled", ["PAID"], id="settled in the period"),
        pytest.param("&bucket=over_120", ["OLD"], id="one age"),
        pytest.param("&q=ziel", ["BACK", "LATE"], id="words"),
        pytest.param("&company=UK", [], id="another company"),
    ],
)
def test_the_address_chooses(state_of: StateOf, query: str, numbers: list[str]) -> None:
    assert [item.number for item in invoices(state_of, query).items] == numbers


def test_a_row_says_how_things_stand(state_of: StateOf) -> None:
    told = {item.number: (item.state, item.state_kind, item.open) for item in invoices(state_of, "&show=all").items}
    assert told["OLD"] == ("141 days overdue", "bad", "1,000.50")
    assert told["LATE"] == ("9 days overdue", "watch", "50.00")
    assert told["NEW"] == ("Not due", "", "200.00")
    assert told["PAID"] == ("Settled 2 Nov 2026", "ok", "0.00")


def test_the_foot_sums_the_whole_list(state_of: StateOf) -> None:
    assert invoices(state_of).sums == "4 documents, open €1,240.50 of €1,240.50"


def test_a_filter_can_be_taken_away(state_of: StateOf) -> None:
    state = invoices(state_of, "&q=ziel&bucket=1-30&page=2")
    assert [(one.label, one.href) for one in state.filters] == [
        ("“ziel”", f"/invoices/?as_of={TODAY}&bucket=1-30"),
        ("1–30 days", f"/invoices/?as_of={TODAY}&q=ziel"),
    ]


def test_an_export_asks_what_the_page_asks(state_of: StateOf) -> None:
    state = invoices(state_of, "&show=overdue")
    assert state.csv_href == f"/download/invoices.csv?as_of={TODAY}&show=overdue&consolidate=EUR&lang=en"


def test_sales_see_their_own_and_have_no_export(state_of: StateOf) -> None:
    state = invoices(state_of, role=Role.SALES)
    assert {item.customer for item in state.items} == {"Atelys"}
    assert (state.csv_href, state.xlsx_href) == ("", "")


def test_customers_with_what_they_owe(state_of: StateOf) -> None:
    state: CustomersState = state_of(CustomersState, Role.EXECUTIVE, f"/customers/?as_of={TODAY}&show=overdue")
    some_documents()
    asyncio.run(CustomersState.load.fn(state))
    assert [(item.name, item.overdue, item.oldest) for item in state.items] == [
        ("Atelys", "1,000.50", "141 days"),
        ("Zielmet", "40.00", "9 days"),
    ]
    assert state.items[0].overdue_href == f"/invoices/?as_of={TODAY}&show=overdue&company=FR&customer=ATELYS"
    assert state.sums == "2 customers, overdue €1,040.50 of €1,240.50"
