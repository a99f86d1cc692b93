"""The customer page as a signed-in tab has it: the record, what loads after it, its acts, and the inbox of mentions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.settings import get_settings
from ar_cockpit.state.customer.acts import CustomerActs
from ar_cockpit.state.customer.contacts import ContactForm
from ar_cockpit.state.customer.ending import CustomerEnding
from ar_cockpit.state.customer.invoices import arranged, is_shown
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.customer.screen import CustomerState
from ar_cockpit.state.inbox.screen import InboxState
from tests.builders import a_customer, an_invoice
from tests.reminding import a_contact
from tests.state.conftest import StateOf, place

PAGE = "/customers/record/?company=FR&customer=A"


def fill() -> None:
    """A owes two invoices and settled ten in time; B owes nothing; A's sales owner is the one of sales."""
    today = clock.today(get_settings().zone)
    with transaction() as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "FR")).one()
        a = a_customer(session, company, "A", name="Maison A", country="FR", sales_email="sales@velmora.example")
        a_customer(session, company, "B", name="Maison B")
        a_contact(session, a, "ann@a.example", phone="+33 1 23", language="fr")
        for number, days, minor in (("A-1", 20, 900_000), ("A-2", -5, 100_000)):
            due = today - timedelta(days=days)
            an_invoice(session, a, number, minor, due - timedelta(days=30), due)
        for nth in range(10):
            due = today - timedelta(days=100 + nth)
            paid = [(due, 1_000)]
            an_invoice(session, a, f"A-P{nth}", 1_000, due - timedelta(days=30), due, paid=paid)


def load(state: Any) -> Any:
    asyncio.run(state.load())
    return state


@pytest.fixture
def acts(state_of: StateOf) -> CustomerActs:
    """The acts of the page as a credit manager has them, in French or whatever a test says."""
    state = state_of(CustomerActs, Role.CREDIT_MANAGER, PAGE)
    fill()
    return load(state)  # type: ignore[no-any-return]


def test_the_page_shows_the_record_of_its_address(state_of: StateOf) -> None:
    state = state_of(CustomerState, Role.EXECUTIVE, PAGE)
    fill()
    load(state)
    assert (state.record.name, state.record.owed, state.missing) == ("Maison A", "€10,000", "")
    assert [line.number for line in state.invoices] == ["A-1", "A-2"]
    assert state.cockpit_href == "", "an executive works nowhere else"
    assert [one.email for one in state.contacts] == ["ann@a.example"]


def test_documents_are_sorted_filtered_and_selected(state_of: StateOf) -> None:
    state = state_of(CustomerState, Role.COLLECTOR, PAGE)
    fill()
    load(state)
    state.sort_invoices("open")
    state.sort_invoices("open")
    assert [line.number for line in state.invoices] == ["A-2", "A-1"]
    assert [line.number for line in state.invoices if is_shown(line, "overdue")] == ["A-1"]
    assert arranged(state.invoices, "number")[0].number == "A-1"
    state.filter_invoices("not_due")
    state.toggle_all()
    assert state.selection_total == "€1,000.00"
    state.filter_invoices("nonsense")
    assert state.invoice_filter == "all"
    assert "/collector/" in state.cockpit_href


def test_what_loads_after_the_record(acts: CustomerActs) -> None:
    assert acts.late_summary.startswith("Of 10 invoices settled in two years, 100 % were paid by their due date")
    assert acts.late_spec["layer"]
    assert [row.count for row in acts.bands][:2] == ["0", "10"]
    assert acts.may_set_terms
    assert acts.terms.rate == "The terms of the company count for this customer."


def test_nobody_open_shows_nothing(state_of: StateOf) -> None:
    state = state_of(CustomerMore, Role.COLLECTOR, "/customers/record/?customer=NOBODY")
    fill()
    load(state)
    assert (state.has_more, state.may_work, state.files) == (False, False, [])


@pytest.mark.parametrize("asked", ["", "?customer=", "?customer=NOBODY"])
def test_the_page_of_no_customer_says_so(state_of: StateOf, asked: str) -> None:
    state = state_of(CustomerState, Role.COLLECTOR, f"/customers/record/{asked}")
    fill()
    load(state)
    assert (state.is_loaded, state.has_record, bool(state.missing)) == (True, False, True)


def test_a_note_names_a_colleague_who_finds_it_in_the_inbox(acts: CustomerActs, state_of: StateOf) -> None:
    assert "collector" in [one.value for one in acts.mentions]
    acts.type_note("Please call")
    acts.mention("collector")
    acts.mention("somebody else")
    acts.keep_inside(True)
    assert acts.note == "Please call @collector "
    assert acts.add_note()
    assert (acts.note, acts.note_inside) == ("", False)
    told = load(state_of(InboxState, Role.COLLECTOR, "/inbox/"))
    assert [(one.customer, one.text, one.is_new) for one in told.lines] == [
        ("Maison A", "Please call @collector", True)
    ]
    assert told.unread_words == "1 unread"
    asyncio.run(told.read(told.lines[0].key))
    assert (told.unread, told.lines[0].is_new) == (0, False)
    sales = load(state_of(CustomerState, Role.SALES, PAGE))
    assert not any("Please call" in line.remark for line in sales.timeline)
    collector = load(state_of(CustomerState, Role.COLLECTOR, PAGE))
    assert [line.is_internal for line in collector.timeline if "Please call" in line.remark] == [True]


def test_a_note_that_was_begun_waits_with_its_customer(state_of: StateOf, sign_in_as: Callable[[Role], str]) -> None:
    token = sign_in_as(Role.CREDIT_MANAGER)
    acts = state_of(CustomerActs, Role.CREDIT_MANAGER, PAGE, token=token)
    fill()
    load(acts).type_note("Please call")
    place(acts, PAGE.replace("customer=A", "customer=B"), token)
    assert load(acts).note == ""
    acts.type_note("They moved")
    place(acts, PAGE.replace("customer=A", "customer=NOBODY"), token)
    assert load(acts).note == ""
    place(acts, PAGE, token)
    assert load(acts).note == "Please call"


def test_an_empty_note_is_said_at_the_field(acts: CustomerActs) -> None:
    acts.type_note("  ")
    assert acts.add_note() is None
    assert acts.note_error.startswith("The note is missing.")


def test_the_whole_history_is_searched_without_accents(acts: CustomerActs) -> None:
    acts.type_note("Écrire à la comptabilité")
    acts.add_note()
    asyncio.run(acts.search({"words": "COMPTABILITE ecrire"}))
    assert acts.found_words == "1 entry holds “COMPTABILITE ecrire”"
    asyncio.run(acts.search({"words": ""}))
    assert (acts.found, acts.found_words) == ([], "")


def test_a_pause_is_shown_and_refused_at_its_form(acts: CustomerActs) -> None:
    acts.ask_pausing(True)
    assert acts.pause({"day": "soon", "reason": "x"}) is None
    assert "is not a day" in acts.pause_error
    day = (acts.as_of_date + timedelta(days=5)).isoformat()
    assert acts.pause({"day": day, "reason": "their holidays"})
    load(acts)
    assert acts.paused.startswith("Reminders are paused up to and with")
    assert acts.resume()
    assert load(acts).paused == ""


def test_the_agreed_rate_is_kept_as_it_was_typed(acts: CustomerActs) -> None:
    acts.language = "fr"
    assert acts.save_rate({"rate": "12,5 %"})
    assert load(acts).terms.rate_plain == "12.5"
    assert acts.save_rate({"rate": "much"}) is None
    assert acts.rate_error
    assert acts.save_rate({"rate": ""})
    assert load(acts).terms.rate_plain == ""


def test_a_contact_is_written_in_its_dialog(state_of: StateOf) -> None:
    form = state_of(ContactForm, Role.COLLECTOR, PAGE)
    fill()
    load(form)
    form.ask_contact("new")
    assert form.save_contact({"name": "", "email": "", "phone": ""}) is None
    assert form.contact_error.startswith("A contact needs a name")
    form.choose_contact("role", "buyer")
    form.choose_contact("language", "de")
    form.tick_contact("reminders", False)
    assert form.save_contact({"name": "Bob", "email": "bob@a.example", "phone": ""})
    record = load(state_of(CustomerState, Role.COLLECTOR, PAGE))
    (bob,) = [one for one in record.contacts if one.name == "Bob"]
    assert (bob.about, bob.gets_reminders) == ("buyer, German", False)
    form.contact_left(bob.key)
    assert [one.name for one in load(form).left] == ["Bob"]
    form.contact_back(bob.key)
    assert load(form).left == []


def test_a_merged_customers_address_leads_to_the_other_and_says_so(state_of: StateOf) -> None:
    ending = state_of(CustomerEnding, Role.CREDIT_MANAGER, "/customers/record/?company=FR&customer=B")
    fill()
    load(ending)
    ending.look_at_merge({"code": "NOBODY"})
    assert ending.merge_error
    ending.look_at_merge({"code": "A"})
    assert (ending.target_name, ending.moves) == ("Maison A", ["Nothing would move."])
    assert ending.merge({"reason": ""}) is None
    assert ending.merge({"reason": "the same business"}) is not None
    state = load(state_of(CustomerState, Role.SALES, "/customers/record/?company=FR&customer=B"))
    assert (state.record.name, state.moved) == ("Maison A", "B was merged into this customer, Maison A.")


def test_archiving_what_owes_is_refused_and_what_does_not_is_undone(state_of: StateOf) -> None:
    ending = state_of(CustomerEnding, Role.COLLECTOR, PAGE)
    fill()
    load(ending)
    assert ending.archive() is None
    assert "open items" in ending.notices[-1].text
    other = state_of(CustomerEnding, Role.COLLECTOR, "/customers/record/?company=FR&customer=B")
    load(other)
    assert other.archive()
    assert load(other).terms.archived
    assert other.unarchive()
    assert load(other).terms.archived == ""
    with transaction() as session:
        assert session.exec(select(CustomerRow.archived_at).where(CustomerRow.code == "B")).one() is None


def test_who_may_only_look_is_offered_nothing_to_do(state_of: StateOf) -> None:
    state = state_of(CustomerActs, Role.EXECUTIVE, PAGE)
    fill()
    load(state)
    assert (state.may_work, state.may_note, state.may_set_terms, state.may_keep_inside) == (False, False, False, True)
    sales = load(state_of(CustomerActs, Role.SALES, PAGE))
    assert (sales.may_work, sales.may_note, sales.may_keep_inside) == (False, True, False)
