"""Sales in a real browser: a standing in a word, an order answered, reminders paused, finance asked; on a phone too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs

Check = Callable[[Page], None]


@pytest.fixture
def sales(page_as: PageAs, company: str) -> Page:
    """The sales screen on that company, with Atelys open."""
    page = page_as(Role.SALES, f"/sales/?company={company}&customer=Atelys")
    expect(page.locator(".sales-name")).to_have_text("Atelys SA")
    return page


def listed(page: Page) -> Locator:
    return page.locator("a.cust")


def check_order(page: Page, amount: str) -> None:
    page.get_by_label("An order of").fill(amount)
    page.get_by_role("button", name="Check", exact=True).click()


def test_the_list_shows_hold_first_and_finds_by_invoice_number(sales: Page, check_accessibility: Check) -> None:
    expect(listed(sales)).to_have_count(5)
    expect(listed(sales).first).to_contain_text("Quillien SA")
    expect(listed(sales).first).to_contain_text("Hold")
    expect(sales.locator(".stand")).to_have_text("Watch")
    expect(sales.locator(".sales-why")).to_contain_text("Oldest invoice is 40 days overdue. New orders stop after 90.")
    check_accessibility(sales)
    sales.get_by_label("Find a customer").fill("Lorvane-1")
    expect(listed(sales)).to_have_count(1)
    expect(sales.locator(".sales-name")).to_have_text("Lorvane SA")


def test_an_order_is_accepted_reviewed_or_refused_with_the_why(sales: Page) -> None:
    answer = sales.locator(".order-answer")
    check_order(sales, "2,500")
    expect(answer).to_contain_text("Accept")
    check_order(sales, "2,500.01")
    expect(answer).to_contain_text("Review")
    expect(answer).to_contain_text("It would pass the limit by €0")
    expect(sales).to_have_url(re.compile("order=2500.01"))
    sales.get_by_role("button", name=re.compile("Check instead: €2,500")).click()
    expect(answer).to_contain_text("Accept")
    check_order(sales, "a lot")
    expect(sales.locator("#order-error")).to_contain_text("is not an amount")
    listed(sales).first.click()
    expect(sales.locator(".sales-name")).to_have_text("Quillien SA")
    check_order(sales, "1")
    expect(answer).to_contain_text("Refuse")


def test_a_question_reaches_the_collectors_tasks(sales: Page, page_as: PageAs, company: str) -> None:
    listed(sales).filter(has_text="Aldric").click()
    expect(sales.locator(".sales-name")).to_have_text("Aldric SA")
    sales.get_by_role("button", name="Ask", exact=True).click()
    sales.get_by_label("Your question").fill("May I ship on Friday?")
    sales.get_by_role("button", name="Send the question").click()
    expect(sales.get_by_label("Notices")).to_contain_text("sees your question")
    collector = page_as(Role.COLLECTOR, f"/collector/?company={company}")
    expect(collector.locator("a.tk").filter(has_text="Aldric")).to_contain_text("Sales asks: May I ship on Friday?")


def test_open_invoices_are_exported_to_who_may_see_the_customer_only(sales: Page, page_as: PageAs) -> None:
    with sales.expect_download() as started:
        sales.get_by_role("link", name="Export CSV").click()
    text = started.value.path().read_text()
    assert "Atelys-1" in text
    address = str(sales.get_by_role("link", name="Export CSV").get_attribute("href"))
    admin = page_as(Role.ADMIN)
    assert admin.request.get(address).status in {403, 404}


def test_on_a_phone_the_list_and_the_card_take_turns(page_as: PageAs, company: str, check_accessibility: Check) -> None:
    page = page_as(Role.SALES, f"/sales/?company={company}", width=390, height=844)
    expect(listed(page)).to_have_count(5)
    expect(page.locator(".sales-card")).to_be_hidden()
    listed(page).filter(has_text="Atelys").click()
    expect(page.locator(".stand")).to_be_visible()
    expect(listed(page).first).to_be_hidden()
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Customers").first.click()
    expect(listed(page).first).to_be_visible()


def test_in_the_dark_and_in_french(page_as: PageAs, company: str, check_accessibility: Check) -> None:
    page = page_as(Role.SALES, f"/sales/?company={company}&customer=Atelys&order=5000", dark=True)
    page.get_by_role("combobox", name="Language").first.click()
    page.get_by_role("option", name="Français").click()
    expect(page.locator(".order-answer")).to_contain_text("Elle dépasserait la limite de 2\u00a0500\u00a0€")
    check_accessibility(page)
    page.get_by_role("combobox", name="Langue").first.click()
    page.get_by_role("option", name="English").click()
    expect(page.locator(".order-answer")).to_contain_text("It would pass the limit")
