"""Promises, plans, disputes and proposals in a real browser: by keyboard, with undo, on a phone and in French."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs

Check = Callable[[Page], None]


def customer(page: Page) -> Locator:
    return page.get_by_role("region", name="Customer", exact=True)


def notice(page: Page) -> Locator:
    return page.get_by_label("Notices")


def go(page: Page, path: str, company: str, query: str = "") -> None:
    page.goto(f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}{path}?company={company}{query}")


def rows(page: Page) -> Locator:
    return page.locator(".agr-list tbody tr")


def test_a_promise_of_two_dates_is_recorded_by_keyboard_and_watched_in_the_list(
    day: Page, company: str, check_accessibility: Check
) -> None:
    day.keyboard.press("p")
    expect(day.get_by_label("Amount promised")).to_be_focused()
    day.get_by_role("button", name="Add a date").press("Enter")
    expect(day.get_by_label("Then")).to_have_value("3250.00")
    check_accessibility(day)
    day.get_by_label("Then").press("Enter")
    expect(notice(day)).to_contain_text("Promise")
    expect(customer(day)).to_contain_text("Quillien SA")
    go(day, "/promises/", company, "&show=open")
    expect(rows(day)).to_have_count(2)
    expect(rows(day).first).to_contain_text("Atelys-1, Atelys-2")
    check_accessibility(day)
    with day.expect_download() as download:
        day.get_by_role("link", name="Export CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    day.get_by_role("tab", name="Kept", exact=True).click()
    expect(day.get_by_text("No promises here")).to_be_visible()
    day.go_back()
    expect(rows(day)).to_have_count(2)


def test_a_plan_is_worked_out_agreed_looked_at_and_ended(day: Page, company: str, check_accessibility: Check) -> None:
    day.keyboard.press("i")
    plan = day.locator("table.schedule tbody tr")
    expect(plan).to_have_count(3)
    expect(day.locator("table.schedule tfoot")).to_contain_text("€6,500.00")
    day.get_by_label("First amount").fill("2500")
    expect(plan.first).to_contain_text("€2,500.00")
    expect(plan.last).to_contain_text("€2,000.00")
    check_accessibility(day)
    day.get_by_role("button", name="Agree the plan").press("Enter")
    expect(notice(day)).to_contain_text("Atelys SA: payment plan agreed.")
    go(day, "/plans/", company)
    expect(rows(day)).to_have_count(1)
    check_accessibility(day)
    day.get_by_role("button", name="Instalments Atelys SA").press("Enter")
    expect(day.get_by_role("dialog").locator("tbody tr")).to_have_count(3)
    day.keyboard.press("Escape")
    day.get_by_role("button", name="End Atelys SA").press("Enter")
    day.get_by_role("dialog").get_by_label("Reason").fill("insolvent")
    day.get_by_role("dialog").get_by_role("button", name="End", exact=True).press("Enter")
    expect(day.get_by_text("No payment plans here")).to_be_visible()
    notice(day).get_by_role("button", name="Undo").click()
    expect(rows(day)).to_have_count(1)


def test_a_dispute_is_opened_in_part_and_answered_in_the_list(
    day: Page, company: str, check_accessibility: Check
) -> None:
    day.keyboard.press("d")
    day.get_by_label("Disputed amount").fill("400")
    check_accessibility(day)
    day.get_by_role("button", name="Open the dispute").press("Enter")
    expect(notice(day)).to_contain_text("Dispute of Atelys-1 opened")
    go(day, "/disputes/", company, "&sort=-opened_on")
    mine = rows(day).filter(has_text="Atelys-1")
    expect(mine).to_contain_text("400.00")
    expect(mine).to_contain_text("14 days left")
    check_accessibility(day)
    day.get_by_role("button", name="Answer Atelys-1").press("Enter")
    day.get_by_label("What the customer is told").fill("A new one is on its way.")
    day.get_by_role("dialog").get_by_role("button", name="Answer", exact=True).press("Enter")
    expect(mine).to_contain_text("answered")
    notice(day).get_by_role("button", name="Undo").click()
    expect(mine).to_contain_text("14 days left")


def test_a_write_off_is_proposed_and_decided_by_a_credit_manager(
    day: Page, company: str, page_as: PageAs, check_accessibility: Check
) -> None:
    day.keyboard.press("f")
    day.get_by_label("Proposal", exact=True).click()
    day.get_by_role("option", name="Write off").click()
    day.get_by_label("Reason").fill("too old")
    day.get_by_role("button", name="Propose").press("Enter")
    expect(notice(day)).to_contain_text("Atelys SA: write-off proposed.")
    manager = page_as(Role.CREDIT_MANAGER, f"/proposals/?company={company}")
    expect(rows(manager)).to_have_count(1)
    check_accessibility(manager)
    manager.get_by_role("button", name="Accept Atelys SA").press("Enter")
    expect(manager.get_by_role("alertdialog")).to_contain_text("is written off from today")
    manager.get_by_role("alertdialog").get_by_role("button", name="Accept").press("Enter")
    expect(manager.get_by_text("Nothing to decide")).to_be_visible()
    notice(manager).get_by_role("button", name="Undo").click()
    expect(rows(manager)).to_have_count(1)


def test_a_call_has_its_script_and_a_day_to_call_again(day: Page, check_accessibility: Check) -> None:
    day.keyboard.press("c")
    expect(day.get_by_text("2 invoices are overdue: €6,500, the oldest by 40 days.")).to_be_visible()
    check_accessibility(day)
    day.get_by_label("Call again on").fill(day.get_by_label("Call again on").get_attribute("min") or "")
    day.get_by_role("button", name="Log the call").click()
    expect(notice(day)).to_contain_text(re.compile("no day to snooze"))


def test_a_mail_waits_for_its_moment_and_the_past_is_refused(day: Page) -> None:
    moment = day.get_by_label("Send at")
    moment.fill("2020-01-01T09:00")
    day.get_by_role("button", name="Send reminder…").click()
    expect(notice(day)).to_contain_text("cannot wait until 2020-01-01")


def test_forms_and_lists_fit_a_phone_in_french(day: Page, company: str, check_accessibility: Check) -> None:
    choose_language(day, "Language", "Français")
    expect(day.get_by_role("tab", name="Promesse", exact=True)).to_be_visible()
    day.set_viewport_size({"width": 390, "height": 844})
    try:
        for act in ("promise", "plan", "dispute", "call", "finance"):
            go(day, "/collector/", company, f"&customer=Atelys&act={act}")
            expect(day.locator(".act-body")).to_be_visible()
            fits(day)
        check_accessibility(day)
        for path in ("/promises/", "/disputes/", "/plans/", "/proposals/"):
            go(day, path, company, "&show=all")
            expect(day.get_by_role("heading", level=1)).to_contain_text("Accords")
            expect(day.locator(".pg")).to_be_visible()
            fits(day)
            check_accessibility(day)
    finally:
        day.set_viewport_size({"width": 1440, "height": 900})
        choose_language(day, "Langue", "English")
        expect(day.get_by_role("heading", level=1)).to_contain_text("Agreements")


def choose_language(page: Page, label: str, language: str) -> None:
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=language).click()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
