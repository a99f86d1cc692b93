"""Lists, single records and figures by the API on both databases: cursors hold, rights hold, refusals are problems."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import Session, col, select
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow
from ar_cockpit.domain.access import TokenScope
from ar_cockpit.services.rates.book import rates_folder
from tests.builders import a_customer, a_payment, an_invoice
from tests.integration.api.conftest import Caller
from tests.published import rates_file

DUE = date(2026, 1, 31)
pytestmark = pytest.mark.usefixtures("ledger")


@pytest.fixture
def ledger(server: ASGIApp) -> None:
    """Two companies with a customer of the same code each; the first with ten invoices."""
    assert server
    with transaction() as session:
        alfa, beta = session.exec(select(CompanyRow).order_by(CompanyRow.code)).all()
        one, other = a_customer(session, alfa, collector_email="ines@alfa.example"), a_customer(session, beta)
        for number in range(10):
            paid = [(date(2026, 1, 20), 500)] if number % 2 else []
            an_invoice(session, one, f"A{number}", 1000, date(2026, 1, 1), DUE, paid=paid)
        an_invoice(session, one, "S1", 700, date(2026, 1, 1), DUE, paid=[(date(2026, 2, 1), 700)])
        an_invoice(session, other, "B1", 9900, date(2026, 1, 1), DUE)
        a_payment(session, other, "PB", 300, date(2026, 1, 9))


def key_of(row: type[Any], number: str) -> int:
    """Return the key of a document."""
    with transaction() as session:
        return int(session.exec(select(row.id).where(row.number == number)).one())


def walk(client: TestClient, path: str) -> list[Any]:
    """Return the rows of all pages."""
    page = client.get(path).json()
    rows = page["items"]
    while page["next"]:
        page = client.get(with_cursor(path, page["next"])).json()
        rows += page["items"]
    return rows


def with_cursor(path: str, cursor: str) -> str:
    """Return the address of the next page."""
    return f"{path}{'&' if '?' in path else '?'}cursor={cursor}"


def test_pages_follow_each_other_while_others_write(client: TestClient) -> None:
    path = "/invoices?company=ALFA&limit=4"
    first = client.get(path).json()
    with transaction() as session:
        an_invoice(session, _customer(session), "NEW", 100, date(2026, 1, 1), DUE)
        session.delete(session.exec(select(InvoiceRow).where(InvoiceRow.number == "A2")).one())
    rows = first["items"]
    page = first
    while page["next"]:
        page = client.get(with_cursor(path, page["next"])).json()
        rows += page["items"]
    numbers = [one["invoice_number"] for one in rows]
    assert numbers == [*(f"A{n}" for n in range(10)), "S1", "NEW"]


def _customer(session: Session) -> CustomerRow:
    return session.exec(select(CustomerRow).order_by(CustomerRow.id)).first()  # type: ignore[return-value]


def test_a_list_keeps_the_day_it_began_with(client: TestClient) -> None:
    page = client.get("/invoices?state=open&as_of=2026-01-31&limit=5&company=ALFA").json()
    assert page["as_of"] == "2026-01-31"
    more = client.get(with_cursor("/invoices?state=open&as_of=2026-01-31&company=ALFA", page["next"])).json()
    assert [one["invoice_number"] for one in more["items"]] == ["A5", "A6", "A7", "A8", "A9", "S1"]
    assert more["items"][-1]["open"] == "7.00", "it was paid later"


@pytest.mark.parametrize(
    ("cursor", "status"),
    [("", 422), ("x", 422), ("e30", 422), ("W" * 24, 409), ("WzEsIiIsInh4eHh4eHh4eHh4eHgiXQ", 409), ("W" * 501, 422)],
)
def test_an_invented_cursor_is_refused(client: TestClient, cursor: str, status: int) -> None:
    answer = client.get("/customers", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (status, "cursor")


def test_a_cursor_belongs_to_its_filters(client: TestClient) -> None:
    cursor = client.get("/invoices?limit=1").json()["next"]
    assert client.get("/invoices", params={"cursor": cursor, "state": "open"}).status_code == 409
    assert client.get("/payments", params={"cursor": cursor}).status_code == 409


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/invoices?state=overdue&as_of=2026-01-31", [], id="due today is not overdue"),
        pytest.param("/invoices?state=overdue&as_of=2026-02-02&company=BETA", ["B1"], id="overdue"),
        pytest.param("/invoices?state=settled", ["S1"], id="settled"),
        pytest.param("/invoices?state=settled&as_of=2026-01-31", [], id="not settled yet"),
        pytest.param("/invoices?invoice_number=A3", ["A3"], id="by number"),
        pytest.param("/invoices?customer_id=C1&company=BETA", ["B1"], id="by customer"),
        pytest.param("/invoices?due_from=2026-02-01", [], id="due from"),
        pytest.param("/invoices?issued_to=2025-12-31", [], id="issued to"),
        pytest.param("/invoices?currency=USD", [], id="by currency"),
        pytest.param("/invoices?as_of=0001-01-01", [], id="before everything"),
    ],
)
def test_filters(client: TestClient, path: str, expected: list[str]) -> None:
    assert [one["invoice_number"] for one in walk(client, path)] == expected


def test_payments_and_allocations(client: TestClient) -> None:
    assert [one["payment_id"] for one in walk(client, "/payments?unapplied=true")] == ["PB"]
    assert len(walk(client, "/payments?limit=2")) == 7
    (one,) = walk(client, "/allocations?invoice_number=S1")
    assert (one["amount"], one["date"], one["payment_id"]) == ("7.00", "2026-02-01", "S1/1")
    assert len(walk(client, "/allocations?limit=2&allocated_to=2026-01-31")) == 5


def test_figures_are_those_of_the_command(client: TestClient) -> None:
    told = client.get("/kpi?company=ALFA&as_of=2026-02-28").json()
    assert (told["receivables"], told["overdue"], told["companies"]) == ("75.00", "75.00", ["ALFA"])
    aged = client.get("/ageing?as_of=2026-02-28").json()
    assert (aged["buckets"]["1-30"], aged["unapplied_cash"]) == ("174.00", "3.00")


def test_a_standing_with_its_reasons_and_an_order(client: TestClient) -> None:
    key = client.get("/customers?company=ALFA").json()["items"][0]["id"]
    told = client.get(f"/customers/{key}/standing?as_of=2026-06-30&order_amount=10.00").json()
    assert (told["standing"], told["order"]["decision"], told["open"]) == ("hold", "refuse", "75.00")
    assert told["reasons"][0]["code"] == "overdue_past_hold"
    assert told["reasons"][0]["text"].endswith("New orders stop after 90.")
    assert (told["order"]["reasons"][0]["text"], told["group"]) == (told["reasons"][0]["text"], None)
    french = client.get(f"/customers/{key}/standing?as_of=2026-06-30", headers={"Accept-Language": "fr"}).json()
    assert "jours" in french["reasons"][0]["text"]
    assert "order" not in client.get(f"/customers/{key}/standing").json()


def test_a_token_of_one_company_never_sees_another(caller: Caller) -> None:
    alfa = caller(companies=["ALFA"])
    beta_invoice = key_of(InvoiceRow, "B1")
    for path in ("/customers", "/invoices", "/payments", "/allocations"):
        assert {one["company"] for one in walk(alfa, path)} == {"ALFA"}
        assert alfa.get(f"{path}?company=BETA").status_code == 404
    with transaction() as session:
        other = session.exec(select(CustomerRow.id).order_by(col(CustomerRow.id).desc())).first()
    unknown = alfa.get("/invoices/999999")
    for path in (f"/invoices/{beta_invoice}", f"/customers/{other}", f"/customers/{other}/standing", "/payments/999"):
        hidden = alfa.get(path)
        assert (hidden.status_code, hidden.json()) == (404, unknown.json()), "unknown and forbidden look the same"
    assert alfa.get("/kpi?as_of=2026-02-28").json()["companies"] == ["ALFA"]
    assert alfa.get("/kpi?company=BETA").status_code == 404


@pytest.mark.parametrize(
    ("scope", "path"),
    [
        (TokenScope.LEDGER_WRITE, "/customers"),
        (TokenScope.LEDGER_WRITE, "/invoices/1"),
        (TokenScope.LEDGER_READ, "/kpi"),
        (TokenScope.LEDGER_READ, "/customers/1/standing"),
        (TokenScope.FIGURES_READ, "/payments"),
    ],
)
def test_a_scope_that_is_lacking_is_named(caller: Caller, scope: TokenScope, path: str) -> None:
    answer = caller(scope).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


def test_several_currencies_are_named(client: TestClient) -> None:
    with transaction() as session:
        row = _customer(session)
        an_invoice(session, row, "USD1", 100, date(2026, 1, 1), DUE, currency="USD")
    answer = client.get("/kpi?as_of=2026-02-28")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:ar-cockpit:problem:several-currencies")
    assert "EUR, USD" in answer.json()["detail"]


def test_figures_of_several_currencies_are_converted_on_request(client: TestClient) -> None:
    with transaction() as session:
        an_invoice(session, _customer(session), "USD1", 1_000, date(2026, 1, 1), DUE, currency="USD")
    rates_file(rates_folder(), date(2026, 2, 27), 30, USD="1.25")
    told = client.get("/kpi?company=ALFA&as_of=2026-02-28&consolidate=EUR").json()
    assert (told["currency"], told["receivables"]) == ("EUR", "83.00")
    how = told["consolidation"]
    assert (how["rate_date"], how["rates"][0]["currency"], how["errors"]) == ("2026-02-27", "USD", [])
    assert how["companies"][0]["by_currency"]["USD"]["receivables"] == "10.00"
    aged = client.get("/ageing?company=ALFA&as_of=2026-02-28&consolidate=EUR").json()
    assert sum(Decimal(one) for one in aged["buckets"].values()) == Decimal("83.00")
    assert "consolidation" not in client.get("/kpi?company=ALFA&as_of=2026-02-28&currency=EUR").json()
    lost = client.get("/kpi?company=ALFA&as_of=2026-02-28&consolidate=CHF").json()
    assert (lost["receivables"], lost["ageing"]["1-30"], lost["consolidation"]["errors"][0]["currency"]) == (
        None,
        None,
        "CHF",
    )
    assert client.get("/ageing?company=ALFA&as_of=2026-02-28&consolidate=CHF").json()["receivables"] is None
    of_one = client.get("/kpi?company=ALFA&as_of=2026-02-28&consolidate=EUR&currency=USD").json()
    assert (of_one["currency"], of_one["receivables"]) == ("EUR", "8.00")
