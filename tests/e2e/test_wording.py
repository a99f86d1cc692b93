"""A credit manager words a template and gives the company its look, with a mail beside both; a phone and axe agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from tests.e2e.cockpit_ledger import add_company
from tests.e2e.conftest import PageAs, Server
from tests.pngs import a_png

TEMPLATES = f"{routes.TEMPLATES}/?company=WRD&template=firm&in=en"
BRANDS = f"{routes.BRANDS}/?company=WRD"


@pytest.fixture(scope="module", autouse=True)
def ledger(server: Server) -> None:
    """A company that is worded and drawn here alone."""
    add_company(server.database_url, "WRD")


def sheet(page: Page) -> object:
    return page.frame_locator("iframe[title=Preview]")


def test_words_are_written_with_fields_seen_saved_and_restored(
    page_as: PageAs, check_accessibility: Callable[[Page], None]
) -> None:
    page = page_as(Role.CREDIT_MANAGER, TEMPLATES)
    below = page.get_by_label("Text below the invoices")
    expect(below).to_have_value(re.compile("^If you dispute"))
    check_accessibility(page)
    below.fill("Call us, ")
    page.get_by_role("button", name="contact_name").click()
    expect(below).to_have_value("Call us, {{ contact_name }}")
    expect(sheet(page).get_by_text("Call us, Claire Vautrin")).to_be_visible()
    expect(page.get_by_role("link", name="Firm reminder, English, not saved")).to_be_visible()
    below.fill("Line one\n{{ custmer_name }}")
    expect(page.get_by_text("Line 2: There is no field “custmer_name”. Did you mean “customer_name”?")).to_be_visible()
    below.fill("Call us, {{ contact_name }}")
    page.get_by_role("link", name="Brands").click()  # nothing is lost on the way
    expect(page.get_by_label("IBAN")).to_be_visible()
    page.go_back()
    expect(below).to_have_value("Call us, {{ contact_name }}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("messages written from now on use these words")).to_be_visible()
    expect(page.get_by_role("link", name="Firm reminder, English, own words")).to_be_visible()
    page.get_by_role("tab", name="Plain text").click()
    expect(page.get_by_role("region", name="Plain text")).to_contain_text("Call us, Claire Vautrin")
    page.get_by_role("button", name="Restore… The shipped words").click()
    check_accessibility(page)
    page.get_by_role("alertdialog").get_by_role("button", name="Restore", exact=True).click()
    expect(below).to_have_value(re.compile("^If you dispute"))


def test_the_preview_is_of_the_customer_that_was_searched_for(page_as: PageAs) -> None:
    page = page_as(Role.CREDIT_MANAGER, TEMPLATES)
    page.get_by_label("Preview for another customer").fill("Quil")
    page.get_by_role("button", name="Quillien SA").click()
    expect(sheet(page).get_by_text("Quillien-1", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("customer=Quillien"))


def test_a_brand_is_set_with_its_logo_and_a_colour_that_can_be_read(
    page_as: PageAs, tmp_path: Path, check_accessibility: Callable[[Page], None]
) -> None:
    page = page_as(Role.CREDIT_MANAGER, BRANDS)
    expect(sheet(page).get_by_text("Velmora WRD").first).to_be_visible()
    check_accessibility(page)
    page.get_by_label("Colour", exact=True).fill("#ffcc00")
    expect(page.get_by_text("Take a darker one, for example")).to_be_visible()
    page.get_by_label("Colour", exact=True).fill("#0b6b4f")
    logo = tmp_path / "logo.png"
    logo.write_bytes(a_png(200, 50))
    page.locator("input[type=file]").set_input_files(logo)
    expect(page.get_by_alt_text("The logo as mails show it")).to_be_visible()
    expect(sheet(page).get_by_alt_text("Velmora WRD")).to_be_visible()
    (tmp_path / "logo.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    page.locator("input[type=file]").set_input_files(tmp_path / "logo.svg")
    expect(page.get_by_text("The file is neither a PNG nor a JPEG.")).to_be_visible()
    page.get_by_label("Signature").fill("Accounts receivable")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("messages written from now on look like this")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Signature")).to_have_value("Accounts receivable")


def test_on_a_phone_in_the_dark_an_administrator_sees_an_invented_customer(
    page_as: PageAs, check_accessibility: Callable[[Page], None]
) -> None:
    page = page_as(Role.ADMIN, TEMPLATES, width=390, height=844, dark=True)
    expect(page.get_by_text("An invented customer with invented invoices")).to_be_visible()
    expect(page.get_by_label("Preview for another customer")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check_accessibility(page)
