"""The global search finds what begins with the words typed, and only what the person may see."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import Session

from ar_cockpit.db.tables import ContactRow
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.services.lists.search import find
from tests.builders import a_company, a_customer, an_invoice

EVERYTHING = Actor.local_operator()
DAY = date(2026, 3, 1)


@pytest.fixture
def ledger(session: Session) -> Session:
    """Two companies, three customers, two invoices."""
    alfa, beta = a_company(session, "ALFA"), a_company(session, "BETA")
    atelys = a_customer(session, alfa, "C-2207", name="Atelys Mécanique", city="Lyon", sales_email="hugo@x.example")
    a_customer(session, alfa, "C-1184", name="Groupe Atelier")
    other = a_customer(session, beta, "C-9", name="100% Beton")
    session.add(ContactRow(company_id=beta.id, customer_id=other.id, name="Claire Vautrin", email="cv@beton.example"))
    an_invoice(session, atelys, "FA-2026-04127", 1000, DAY, DAY)
    an_invoice(session, other, "FA-2026-05000", 1000, DAY, DAY)
    session.flush()
    return session


def names(found: object) -> list[str]:
    return [hit.name for hit in found.customers]  # type: ignore[attr-defined]


def test_a_name_is_found_by_its_beginning_first_then_by_a_later_word(ledger: Session) -> None:
    assert names(find(ledger, EVERYTHING, "atel")) == ["Atelys Mécanique", "Groupe Atelier"]


def test_a_customer_is_found_by_code_and_by_contact(ledger: Session) -> None:
    assert names(find(ledger, EVERYTHING, "c-22")) == ["Atelys Mécanique"]
    assert names(find(ledger, EVERYTHING, "Claire")) == ["100% Beton"]
    assert names(find(ledger, EVERYTHING, "cv@")) == ["100% Beton"]


def test_an_invoice_is_found_by_how_its_number_begins_in_either_case(ledger: Session) -> None:
    found = find(ledger, EVERYTHING, "fa-2026-04")
    assert [(hit.number, hit.customer_code) for hit in found.invoices] == [("FA-2026-04127", "C-2207")]


def test_a_company_narrows_the_search(ledger: Session) -> None:
    assert [hit.number for hit in find(ledger, EVERYTHING, "FA-", company_code="BETA").invoices] == ["FA-2026-05000"]


def test_a_percent_sign_is_a_letter_like_any_other(ledger: Session) -> None:
    assert names(find(ledger, EVERYTHING, "%%")) == []
    assert names(find(ledger, EVERYTHING, "100%")) == ["100% Beton"]


def test_a_single_letter_finds_nothing(ledger: Session) -> None:
    assert names(find(ledger, EVERYTHING, " a ")) == []


def test_a_salesperson_finds_own_customers_only(ledger: Session) -> None:
    hugo = Actor(1, "hugo@x.example", "Hugo", (Grant(Role.SALES),))
    assert names(find(ledger, hugo, "atel")) == ["Atelys Mécanique"]
    assert [hit.number for hit in find(ledger, hugo, "FA-").invoices] == ["FA-2026-04127"]
