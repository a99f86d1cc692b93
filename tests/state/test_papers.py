"""Papers on the collector's screen: letters that wait with what is missing, and the address they go to."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
from sqlmodel import select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, ContactRow, CustomerRow, InvoiceRow, MessageRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.state.collector.papers import CollectorPapers
from tests.builders import a_letter
from tests.state.cockpit_ledger import fill, today
from tests.state.conftest import StateOf


@pytest.fixture
def desk(state_of: StateOf) -> CollectorPapers:
    """The screen with Maison A open, to whom a formal notice waits."""
    state = state_of(CollectorPapers, Role.COLLECTOR, "/collector/?customer=FR/A")
    fill()
    with transaction() as session:
        session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one().country = "FR"
        invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == "A-1")).one()
        a_letter(session, invoice, today(), clock.now())
    load(state)
    return state


def load(state: CollectorPapers) -> None:
    asyncio.run(state.load())
    asyncio.run(state.load_papers())


def test_a_letter_waits_and_says_that_it_would_not_arrive(desk: CollectorPapers) -> None:
    (line,) = desk.waiting
    assert line.title == "Formal notice"
    assert line.href.startswith("/letters/")
    assert line.problem.startswith("No postal address is known.")
    assert desk.statement_href.startswith("/statements/")


def test_the_address_is_typed_once_and_the_letter_arrives(desk: CollectorPapers) -> None:
    desk.ask_address(True)
    assert desk.save_address({"address": "a\n" * 9}) is None
    assert "does not fit" in desk.address_error
    assert desk.save_address({"address": "12 rue Haute\n69003 Lyon"}) is not None
    load(desk)
    assert (desk.address, desk.is_addressing) == ("12 rue Haute\n69003 Lyon", False)
    assert "address" not in desk.waiting[0].problem


def test_a_letter_with_nothing_left_is_not_opened(desk: CollectorPapers) -> None:
    with transaction() as session:
        session.exec(select(InvoiceRow).where(InvoiceRow.number == "A-1")).one().written_off_on = today()
    load(desk)
    (line,) = desk.waiting
    assert (line.href, "mark the customer as done" in line.problem) == ("", True)


def test_who_only_looks_gets_no_papers(state_of: StateOf) -> None:
    state = state_of(CollectorPapers, Role.EXECUTIVE, "/collector/?customer=FR/A")
    fill()
    asyncio.run(state.load_papers())
    assert (state.waiting, state.statement_href) == ([], "")
    with transaction() as session:
        before = session.exec(select(CustomerRow.postal_address)).all()
    state._customer_id = 1
    state.save_address({"address": "elsewhere"})
    with transaction() as session:
        assert session.exec(select(CustomerRow.postal_address)).all() == before


def test_a_text_message_that_waits_stands_with_its_words_and_the_telephone(desk: CollectorPapers) -> None:
    with transaction() as session:
        invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == "A-1")).one()
        row = session.exec(select(MessageRow)).one()
        row.channel, row.text_body, row.language = "sms", "Long ago.\n", "fr"
        own = {"company_id": invoice.company_id, "customer_id": invoice.customer_id}
        session.add(ContactRow(**own, name="Bob", phone="+33 (0)6 12 34"))
    load(desk)
    (line,) = desk.short
    assert (line.phone, line.language) == ("+33 (0)6 12 34", "fr")
    assert line.text.startswith("Velmora France\xa0: Mise en demeure")
    assert line.href == f"sms:+3361234?body={quote(line.text)}"


def test_a_text_message_with_nothing_left_says_so_and_opens_no_telephone(desk: CollectorPapers) -> None:
    with transaction() as session:
        invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == "A-1")).one()
        session.exec(select(MessageRow)).one().channel = "sms"
        own = {"company_id": invoice.company_id, "customer_id": invoice.customer_id}
        session.add(ContactRow(**own, name="Bob", phone="+33 6 12 34"))
        invoice.written_off_on = today()
    load(desk)
    (line,) = desk.short
    assert (line.href, "mark the customer as done" in line.text) == ("", True)
