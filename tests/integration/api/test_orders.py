"""Order checks by the API on both databases: the same answer as on screen, reserved once, and refused without right."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import TokenScope
from tests.builders import a_customer, an_invoice
from tests.integration.api.conftest import Caller

TODAY = date.today()  # noqa: DTZ011 (what the product takes for today is tested elsewhere)
pytestmark = pytest.mark.usefixtures("ledger")


@pytest.fixture
def ledger(server: ASGIApp) -> None:
    """A customer with 500.00 of its limit left and one that is overdue for too long."""
    assert server
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "ALFA")).one()
        good = a_customer(session, company, "GOOD", credit_limit_minor=100_000)
        an_invoice(session, good, "G1", 50_000, TODAY, TODAY + timedelta(days=30))
        late = a_customer(session, company, "LATE", credit_limit_minor=100_000)
        an_invoice(session, late, "L1", 10_000, TODAY - timedelta(days=150), TODAY - timedelta(days=120))


def test_an_order_is_accepted_reserved_and_released(client: TestClient) -> None:
    asked = {"customer_id": "GOOD", "amount": "400.00", "order_number": "PO-9", "reserve": True}
    first = client.post("/order-checks", json=asked)
    assert first.status_code == 200
    told = first.json()
    assert (told["decision"], told["reserved"], told["reservation"]["left"]) == ("accept", "0.00", "400.00")
    assert client.post("/order-checks", json=asked).json()["reservation"]["id"] == told["reservation"]["id"]
    second = client.post("/order-checks", json={"customer_id": "GOOD", "amount": "200.00"}).json()
    assert (second["decision"], second["reserved"], second["acceptable"]) == ("review", "400.00", "100.00")
    assert [one["code"] for one in second["would_help"]] == ["help_pay", "help_deposit", "help_limit"]
    assert len(client.get("/order-reservations").json()["items"]) == 1
    assert client.delete(f"/order-reservations/{told['reservation']['id']}").status_code == 204
    assert client.get("/order-reservations").json()["items"] == []


def test_what_would_help_is_told_in_the_language_asked_for(client: TestClient) -> None:
    french = {"Accept-Language": "fr"}
    told = client.post("/order-checks", json={"customer_id": "LATE", "amount": "1.00"}, headers=french).json()
    assert (told["decision"], told["standing"]) == ("refuse", "hold")
    assert told["reasons"][0]["text"].startswith("La plus ancienne facture est échue")
    (way,) = told["would_help"]
    assert way["invoices"][0]["invoice_number"] == "L1"
    assert way["text"].startswith("Il paie cette facture")


def test_checking_needs_a_scope_and_reserving_its_own(caller: Caller) -> None:
    asked = {"customer_id": "GOOD", "amount": "1.00"}
    assert caller(TokenScope.LEDGER_READ).post("/order-checks", json=asked).status_code == 403
    analyst = caller(TokenScope.FIGURES_READ)
    assert analyst.post("/order-checks", json=asked).status_code == 200
    assert analyst.post("/order-checks", json=asked | {"reserve": True, "order_number": "1"}).status_code == 403
    assert caller(TokenScope.ORDERS_CHECK).post("/order-checks", json=asked).status_code == 200
    assert caller(TokenScope.ORDERS_CHECK, companies=["BETA"]).post("/order-checks", json=asked).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"amount": "-1"}, {"amount": "0"}, {"amount": "NaN"}, {"terms_days": 999}, {"reserve": True}, {"colour": "red"}],
)
def test_an_absurd_order_is_a_problem(client: TestClient, wrong: dict[str, object]) -> None:
    answer = client.post("/order-checks", json={"customer_id": "GOOD", "amount": "1.00"} | wrong)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_of_fifty_orders_at_once_only_those_are_accepted_that_fit_together(caller: Caller) -> None:
    client = caller(TokenScope.ORDERS_CHECK)

    def ask(number: int) -> str:
        asked = {"customer_id": "GOOD", "amount": "100.00", "order_number": f"PO-{number}", "reserve": True}
        return str(client.post("/order-checks", json=asked).json()["decision"])

    with ThreadPoolExecutor(50) as clients:
        decisions = Counter(clients.map(ask, range(50)))
    assert decisions == {"accept": 5, "review": 45}
    kept = client.get("/order-reservations").json()["items"]
    assert sum(Decimal(one["left"]) for one in kept) == Decimal(500)
