"""Reminders in a real browser: the day looked through and sent as ticked, approvals by keyboard, the stop of all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from zlib import crc32

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from ar_cockpit.db.session import make_engine, reading, transaction
from ar_cockpit.db.tables import StepApprovalRow
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services import clock
from ar_cockpit.services.reminders import policy
from ar_cockpit.settings import get_settings
from tests.builders import a_company, a_customer, an_invoice
from tests.e2e.conftest import PageAs, Server
from tests.reminding import a_contact

Check = Callable[[Page], None]
START = 20_000  # milliseconds: a server's first page
PHONE = 390
EVERY_DAY = """
version = 1
[[segment]]
key = "stern"
cadence = "stern"
all = [["tags", "in", ["stern"]]]
[[segment]]
key = "standard"
cadence = "standard"
[[cadence]]
key = "stern"
send_on = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  [[cadence.step]]
  key = "formal"
  offset = 10
  channel = "letter"
  template = "formal_notice"
  tone = "formal_notice"
  approve = true
[[cadence]]
key = "standard"
send_on = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  [[cadence.step]]
  key = "reminder_1"
  offset = 3
  channel = "email"
  template = "reminder"
  tone = "friendly"
"""


@pytest.fixture
def company(server: Server, request: pytest.FixtureRequest) -> str:
    """A company of this test's own: three to remind, one not due, two whose step needs approval, one by hand."""
    code = f"R{crc32(request.node.name.encode())}"
    today = clock.today(get_settings().zone)
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        policy.load(session, Actor.local_operator(), EVERY_DAY, at=clock.now())
        owner = a_company(session, code, name=f"Company {code}")
        kinds = [("Ava", 5, []), ("Bea", 6, []), ("Cleo", 7, []), ("Dora", -9, []), ("Eva", 40, ["stern"])]
        for name, late, tags in (*kinds, ("Flo", 60, ["stern"]), ("Gia", 30, ["manual"])):
            customer = a_customer(session, owner, name.upper(), name=f"{name} SA", tags=tags)
            a_contact(session, customer, f"{name.lower()}@x.example", language="fr")
            due = today - timedelta(days=late)
            an_invoice(session, customer, f"{code}-{name}", 50_000, due - timedelta(days=30), due)
    engine.dispose()
    return code


def open_page(page_as: PageAs, company: str, path: str, role: Role = Role.CREDIT_MANAGER, width: int = 1440) -> Page:
    page = page_as(role, f"{path}?company={company}", width=width, height=900)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=START)
    return page


def notice(page: Page) -> Locator:
    return page.get_by_label("Notices")


def part(page: Page, name: str) -> Locator:
    return page.get_by_label("The day in three parts").get_by_role("link", name=re.compile(name))


def test_the_day_is_looked_through_and_exactly_what_is_ticked_goes(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company, "/reminders/", Role.COLLECTOR)
    expect(part(page, "Messages")).to_contain_text("3")
    expect(part(page, "Held")).to_contain_text("4 invoices")
    check_accessibility(page)
    page.get_by_role("button", name="Look at the letter to Bea SA").click()
    expect(page.get_by_role("dialog").locator("iframe").content_frame.locator("body")).to_contain_text(f"{company}-Bea")
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Take along Cleo SA").click()
    page.get_by_role("button", name="Send these 2 now").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("2 messages (€1,000)")
    expect(page.get_by_role("alertdialog")).to_contain_text("1 other waits")
    page.get_by_role("button", name="Send now").click()
    expect(notice(page)).to_contain_text("2 messages are in the outbox.")
    expect(page.locator("tbody [role=checkbox]:not([disabled])")).to_have_count(1)  # who is left out stands below
    page.get_by_role("button", name="Not today").click()
    expect(page.get_by_text("No message waits to be looked at")).to_be_visible()
    notice(page).get_by_role("button", name="Undo").last.click()
    expect(page.locator("tbody tr", has_text="Cleo SA")).to_be_visible()
    page.get_by_role("button", name="Gone that day").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("queued")


def test_why_the_rest_waits_is_counted_listed_and_exported(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company, "/reminders/")
    part(page, "Held").click()
    expect(page.locator(".reason")).to_have_count(3)
    page.locator(".reason", has_text="waits for approval").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".chip")).to_contain_text("waits for approval")
    check_accessibility(page)
    answer = page.request.get(f"/download/reminders.csv?company={company}")
    lines = list(csv.DictReader(io.StringIO(answer.text().removeprefix("\ufeff"))))
    assert sorted(line["Decision"] for line in lines) == ["Held"] * 4 + ["Messages"] * 3
    assert len({line["Invoice"] for line in lines}) == len(lines)
    page.get_by_role("button", name="Handled by hand").click()
    expect(page.locator("tbody tr", has_text="Tag “manual”")).to_be_visible()
    page.get_by_role("button", name="Set back").click()
    expect(page.get_by_text("Nobody is handled by hand")).to_be_visible()


def test_steps_are_approved_and_declined_by_keyboard_with_undo(
    page_as: PageAs, server: Server, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company, "/reminders/approvals/")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    check_accessibility(page)
    for key in "jx":
        page.keyboard.press(key)
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("o")
    expect(page.get_by_role("dialog").locator("iframe").content_frame.locator("body")).to_contain_text(company)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Note for the record").fill("Told by phone")
    page.keyboard.press("Tab")
    page.keyboard.press("a")
    expect(notice(page)).to_contain_text("1 step goes with the next run.")
    expect(rows).to_have_count(1)
    with reading(make_engine(server.database_url)) as session:
        assert session.exec(select(StepApprovalRow.note)).one() == "Told by phone"
    notice(page).get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Decline Eva SA").click()
    page.get_by_label("Why").fill("She pays on Friday")
    check_accessibility(page)
    page.get_by_role("dialog").get_by_role("button", name="Decline").click()
    expect(rows.filter(has_text="She pays on Friday")).to_have_count(1)


def test_a_collector_sees_what_waits_and_cannot_let_it_go(page_as: PageAs, company: str) -> None:
    page = open_page(page_as, company, "/reminders/approvals/", Role.COLLECTOR)
    expect(page.get_by_text("A credit manager lets these steps go.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve selected")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop all reminders")).to_have_count(0)


def test_one_press_stops_everything_and_everybody_concerned_sees_it(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company, "/reminders/")
    page.get_by_role("button", name="Stop all reminders").click()
    page.get_by_label("Why").fill("Wrong bank details")
    page.get_by_role("button", name="Stop now").click()
    banner = page.get_by_role("alert").filter(has_text="Wrong bank details")
    expect(banner).to_contain_text(f"Reminders of Company {company} are stopped since")
    check_accessibility(page)
    page.reload()
    expect(part(page, "Messages")).to_contain_text("0")
    for role, path in ((Role.COLLECTOR, "/collector/"), (Role.EXECUTIVE, "/executive/")):
        other = page_as(role, f"{path}?company={company}")
        expect(other.get_by_role("alert").filter(has_text="Wrong bank details")).to_be_visible(timeout=START)
        expect(other.get_by_role("button", name="Release")).to_have_count(0)
    page.get_by_role("button", name="Release").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Release").click()
    expect(banner).to_have_count(0)
    expect(notice(page)).to_contain_text("Reminders go again.")


def test_a_phone_in_french_and_dark(page_as: PageAs, company: str, check_accessibility: Check) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/reminders/?company={company}", width=PHONE, height=844, dark=True)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=START)
    page.locator(".av").click()
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Français").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Envoyer ces 3 messages")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    check_accessibility(page)
    bar = page.get_by_role("navigation", name="Écrans")
    bar.get_by_text("Plus").click()
    bar.get_by_role("link", name="Réglages").click()
    expect(page).to_have_url(re.compile("/settings/"))
    page.goto(f"/reminders/approvals/?company={company}")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    check_accessibility(page)
