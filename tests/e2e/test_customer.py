"""A customer's own page in a real browser: contacts, notes with mentions, search, files, merging, a phone, French."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs
from tests.pdfs import a_pdf

Check = Callable[[Page], None]
START = 20_000  # milliseconds: a server's first page
PHONE = 390


def open_page(page_as: PageAs, company: str, role: Role = Role.CREDIT_MANAGER, width: int = 1440) -> Page:
    """Open the first customer of the list, by its link."""
    page = page_as(role, f"/customers/?company={company}&sort=-overdue", width=width)
    page.get_by_role("link", name="Atelys SA").first.click(timeout=START)
    expect(page.locator("h1.rec-name")).to_have_text("Atelys SA")
    expect(page.get_by_role("tab", name="Timeline")).to_be_visible()
    return page


def notice(page: Page) -> Locator:
    return page.get_by_label("Notices")


def test_a_contact_is_added_edited_and_marked_as_left_by_keyboard(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company)
    page.get_by_role("button", name="Add a contact").press("Enter")
    dialog = page.get_by_role("dialog")
    check_accessibility(page)
    dialog.get_by_label("E-mail").fill("no address")
    dialog.get_by_label("E-mail").press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("is not an e-mail address")
    dialog.get_by_label("Name").fill("Bo Berg")
    dialog.get_by_label("E-mail").fill("bo@atelys.example")
    dialog.get_by_label("E-mail").press("Enter")
    expect(notice(page)).to_contain_text("Bo Berg was kept.")
    page.get_by_role("button", name="Edit contact Bo Berg").click()
    page.get_by_role("dialog").get_by_role("button", name="Has left").click()
    expect(page.get_by_role("button", name="Edit contact Bo Berg")).to_have_count(0)
    page.get_by_role("button", name="Those who left").click()
    expect(page.locator(".rec-contact.gone")).to_contain_text("Bo Berg")
    notice(page).get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("button", name="Edit contact Bo Berg")).to_be_visible()
    check_accessibility(page)


def test_a_mention_rings_at_the_colleague_and_is_found_again(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company)
    page.get_by_label("Note", exact=True).fill("Ask for the order number")
    page.get_by_role("combobox", name="Mention…").click()
    page.get_by_role("option").first.click()
    expect(page.get_by_label("Note", exact=True)).to_have_value(re.compile("^Ask for the order number @"))
    page.get_by_role("checkbox", name="Finance only").click()
    page.get_by_role("button", name="Add note").click()
    expect(notice(page)).to_contain_text("The note was added.")
    expect(page.locator(".tl li", has_text="Ask for the order number")).to_contain_text("finance only")
    page.get_by_label("Search the whole history").fill("ORDER number")
    page.get_by_label("Search the whole history").press("Enter")
    expect(page.get_by_text("1 entry holds “ORDER number”")).to_be_visible()
    check_accessibility(page)
    sales = page_as(Role.SALES, f"/customers/record/?company={company}&customer=Atelys")
    expect(sales.locator("h1.rec-name")).to_have_text("Atelys SA")
    expect(sales.locator("main")).not_to_contain_text("Ask for the order number")
    # What is written here shows on the open page of the other at once.
    page.get_by_label("Note", exact=True).fill("they take the old rate")
    page.get_by_role("button", name="Add note").click()
    expect(sales.locator(".tl li", has_text="they take the old rate")).to_be_visible()


def test_behaviour_segment_files_and_terms_have_their_tabs(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company)
    page.get_by_role("tab", name="Behaviour").click()
    expect(page.get_by_role("heading", name="Days late at payment")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("tab", name="Segment").click()
    page.get_by_role("button", name="Pause reminders").click()
    day = page.get_by_role("dialog").get_by_label("Up to and with")
    day.fill(page.evaluate("new Date(Date.now() + 5 * 86400000).toISOString().slice(0, 10)"))
    page.get_by_role("dialog").get_by_label("Why").fill("their holidays")
    page.get_by_role("dialog").get_by_role("button", name="Pause reminders").click()
    expect(page.locator(".tab-body .note")).to_contain_text("Reminders are paused")
    page.get_by_role("tab", name="Files").click()
    contract = {"name": "contract.pdf", "mimeType": "application/pdf", "buffer": a_pdf("contract")}
    page.locator(".doc-zone input[type=file]").set_input_files(contract)
    expect(page.locator(".cust-files")).to_contain_text("contract.pdf")
    with page.expect_download() as saved:
        page.get_by_role("link", name="contract.pdf").click()
    assert saved.value.suggested_filename == "contract.pdf"
    page.get_by_role("tab", name="Terms").click()
    page.get_by_role("button", name="Change", exact=True).click()
    page.get_by_label("Percent a year").fill("11.5")
    page.get_by_role("button", name="Keep the rate").click()
    expect(page.locator(".tab-body")).to_contain_text("11.5 % a year")
    check_accessibility(page)


def test_a_merged_customers_address_leads_on_and_says_so(page_as: PageAs, company: str) -> None:
    page = open_page(page_as, company)
    old = page.url
    page.get_by_role("tab", name="Terms").click()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(notice(page)).to_contain_text("open items")
    page.get_by_role("button", name="Merge…").click()
    page.get_by_label("Code of the customer that stays").fill("Quillien")
    page.get_by_role("button", name="See what would move").click()
    expect(page.locator(".moves")).to_contain_text("invoices and credit notes")
    page.get_by_role("dialog").get_by_label("Why").fill("one business")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("h1.rec-name")).to_have_text("Quillien SA")
    page.goto(old)
    expect(page.locator("h1.rec-name")).to_have_text("Quillien SA")
    expect(page.locator(".note")).to_contain_text("was merged into this customer")


def test_the_page_and_the_inbox_fit_a_phone_in_french(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = open_page(page_as, company, Role.COLLECTOR)
    page.get_by_role("combobox", name="Language").first.click()
    page.get_by_role("option", name="Français").click()
    expect(page.get_by_role("tab", name="Historique")).to_be_visible()
    page.set_viewport_size({"width": PHONE, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    check_accessibility(page)
    page.goto("/inbox/")
    expect(page.get_by_role("heading", name="Mentions")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    check_accessibility(page)
