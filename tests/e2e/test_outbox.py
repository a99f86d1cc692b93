"""A collector looks through the outbox, decides about an uncertain mail, corrects an address, takes one back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import holidays
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlmodel import col, select

from ar_cockpit import routes
from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow, CustomerRow, MessageRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services.clock import now
from ar_cockpit.services.reminders import run as reminders
from tests.builders import a_company, a_customer, an_invoice
from tests.e2e.cockpit_ledger import today
from tests.e2e.conftest import PageAs, Server
from tests.reminding import a_contact

OUTBOX = f"{routes.OUTBOX}/?company=OBX"
SATURDAY = 5
STATES = {"Ada": ("unknown", "connection lost after DATA began"), "Ben": ("failed", "550 5.1.1 user unknown")}


def sending_day() -> date:
    """Return the last day on which mails leave, today if it is one: none does at weekends and on French holidays."""
    closed = holidays.country_holidays("FR")
    days = (today() - timedelta(days=back) for back in range(10))
    return next(day for day in days if day.weekday() < SATURDAY and day not in closed)


@pytest.fixture(scope="module", autouse=True)
def messages(server: Server) -> None:
    """A company with three messages: one uncertain, one failed, one that waits."""
    engine = make_engine(server.database_url)
    on = sending_day()
    with transaction(engine) as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == "OBX")).first() or a_company(session, "OBX")
        for name in (*STATES, "Cid"):
            customer = a_customer(session, company, name.upper(), name=name)
            a_contact(session, customer, f"{name.lower()}@x.example")
            due_on = on - timedelta(days=365)
            an_invoice(session, customer, f"{name}-1", 50_000, due_on, due_on)
    with transaction(engine) as session:
        reminders.run(session, Actor.local_operator(), on, at=now(), company="OBX")
        for name, (state, error) in STATES.items():
            mine = select(CustomerRow.id).where(CustomerRow.code == name.upper())
            of_customer = col(MessageRow.customer_id).in_(mine)
            session.execute(update(MessageRow).where(of_customer).values(state=state, error=error))
    engine.dispose()


def test_messages_are_seen_with_their_state_and_decided_about(
    page_as: PageAs, check_accessibility: Callable[[Page], None]
) -> None:
    page = page_as(Role.CREDIT_MANAGER, OUTBOX)
    expect(page.get_by_role("tab", name="All 3")).to_be_visible()
    check_accessibility(page)

    page.get_by_role("link", name="ada@x.example").click()
    shown = page.get_by_role("dialog")
    expect(shown.get_by_text("the customer gets it twice")).to_be_visible()
    expect(shown.get_by_text("Ada-1", exact=True)).to_be_visible()
    expect(shown.get_by_role("button", name="Close")).to_be_focused()
    check_accessibility(page)
    shown.get_by_role("button", name="It went").click()
    expect(shown.get_by_text("Somebody said it went")).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)

    page.get_by_role("link", name="ben@x.example").click()
    shown.get_by_label("Address").fill("benno@x.example")
    shown.get_by_role("button", name="Send again").click()
    expect(shown.get_by_text("ben@x.example → benno@x.example")).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_role("checkbox", name="Choose the message to Cid").click()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("tab", name="Cancelled 1")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("tab", name="Cancelled 0")).to_be_visible()
