"""Credit in a real browser: an order kept, a limit asked for and approved, rules put in force; also in French."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs

Check = Callable[[Page], None]


def test_an_order_is_kept_and_a_larger_one_asks_for_a_limit(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    sales = page_as(Role.SALES, f"/sales/?company={company}&customer=Aldric&order=1000")
    expect(sales.locator(".order-answer")).to_contain_text("Accept")
    sales.get_by_label("Order number").fill("PO-77")
    sales.get_by_role("button", name="Keep this amount").click()
    expect(sales.locator(".kept-orders")).to_contain_text("PO-77")
    sales.get_by_label("An order of").fill("6000")
    sales.get_by_label("paid in").fill("60")
    sales.get_by_role("button", name="Check", exact=True).click()
    expect(sales.locator(".ways")).to_contain_text("A limit of €7,800 is granted.")
    expect(sales.locator(".ways")).to_contain_text("It pays within the 30 days agreed.")
    check_accessibility(sales)
    sales.get_by_role("button", name="Ask for a limit").click()
    sales.get_by_label("Why").fill("a new shop")
    sales.get_by_role("button", name="Send the request").click()
    expect(sales.get_by_label("Notices")).to_contain_text("waits for approval")
    credit = page_as(Role.CREDIT_MANAGER, f"/credit/?company={company}")
    row = credit.get_by_role("row").filter(has_text="Aldric")
    expect(row).to_contain_text("€7,800")
    check_accessibility(credit)
    row.get_by_role("button", name="Approve").click()
    expect(credit.get_by_label("Notices")).to_contain_text("The limit is set.")
    sales.reload()
    expect(sales.locator(".order-answer")).to_contain_text("60 days to pay are longer than the 30 agreed.")
    sales.get_by_role("button", name="Give back PO-77").click()
    expect(sales.locator(".kept-orders")).to_have_count(0)


def test_a_hold_set_and_released_and_rules_put_in_force(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    credit = page_as(Role.CREDIT_MANAGER, f"/credit/?company={company}&tab=holds")
    expect(credit.get_by_text("No hold is set")).to_be_visible()
    credit.get_by_role("button", name="Put on hold").click()
    credit.get_by_label("Customer’s code").fill("Aldric")
    credit.get_by_label("Why").fill("the bank says no")
    credit.get_by_role("dialog").get_by_role("button", name="Put on hold").click()
    row = credit.get_by_role("row").filter(has_text="Aldric")
    expect(row).to_contain_text("the bank says no")
    row.get_by_role("button", name="Release").click()
    expect(credit.get_by_text("No hold is set")).to_be_visible()
    credit.get_by_role("tab", name="Rules").click()
    days = credit.get_by_label("Hold: days overdue of the oldest undisputed invoice, above")
    days.fill("10")
    credit.get_by_role("button", name="Put in force").click()
    expect(credit.get_by_text("a customer would be on hold before being watched")).to_be_visible()
    days.fill("30")
    credit.get_by_role("button", name="See what it would do").click()
    expect(credit.locator(".rule-preview")).to_contain_text("would move. Nothing is kept yet.")
    expect(credit.locator(".rule-worse")).to_contain_text("Atelys SA")
    check_accessibility(credit)
    days.fill("130")
    credit.get_by_role("button", name="Put in force").click()
    expect(credit.get_by_label("Notices")).to_contain_text("The rules are in force.")
    sales = page_as(Role.SALES, f"/sales/?company={company}&customer=Quillien")
    expect(sales.locator(".sales-why")).to_contain_text("New orders stop after 130.")


def test_a_new_customer_is_checked_as_it_is_typed_and_taken_in(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/credit/?company={company}", width=390, height=844)
    page.get_by_role("link", name="New customer").click()
    expect(page.get_by_role("heading", name="Who is the new customer?")).to_be_visible()
    page.get_by_role("combobox", name="Country").click()
    page.get_by_role("option", name="France", exact=True).click()
    page.get_by_label("Code in the ERP").fill("N-1")
    page.get_by_label("Name", exact=True).fill("Atelys S.A.S.")
    page.get_by_label("SIREN or registration number").fill("732 829 321")
    page.get_by_label("VAT number").fill("44732829320")
    expect(page.locator("#onb-registration-said")).to_contain_text("the check digits do not agree")
    page.get_by_label("SIREN or registration number").fill("732 829 320")
    expect(page.locator("#onb-vat-said")).to_contain_text("is it FR44732829320?")
    page.get_by_label("VAT number").fill("FR44732829320")
    page.get_by_label("Amount of the limit").fill("5000")
    page.get_by_label("Why this limit").fill("a first order")
    expect(page.locator("#onb-vat-said")).to_contain_text("It belongs to SIREN 732 829 320.")
    expect(page.locator("#onb-code-said")).to_contain_text("N-1 is free.")
    expect(page.locator(".onb-doubles")).to_contain_text("like name")
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Create the customer").click()
    expect(page.get_by_text("This customer may be there already.")).to_be_visible()
    page.get_by_role("checkbox", name="None of these is the new customer").click()
    page.get_by_role("button", name="Create the customer").click()
    expect(page.get_by_role("heading", name="Atelys S.A.S.")).to_be_visible()
    expect(page.get_by_text("Taken in as a new customer")).to_be_visible()
    page.get_by_role("tab", name="Terms").click()
    expect(page.locator(".identity")).to_contain_text("FR44732829320")
    page.get_by_role("button", name="Change LEI and bank account").click()
    page.get_by_label("IBAN").fill("FR14 2004 1010 0505 0001 3M02 607")
    page.get_by_role("button", name="Keep the numbers").click()
    expect(page.get_by_role("dialog")).to_contain_text("Correct it, or leave the field empty.")
    page.get_by_label("IBAN").fill("FR14 2004 1010 0505 0001 3M02 606")
    check_accessibility(page)
    page.get_by_role("button", name="Keep the numbers").click()
    expect(page.locator(".identity")).to_contain_text("FR14 2004 1010 0505 0001 3M02 606")


@pytest.mark.parametrize("tab", ["reviews", "rules"])
def test_on_a_phone_in_the_dark_and_in_french(
    page_as: PageAs, company: str, check_accessibility: Check, tab: str
) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/credit/?company={company}&tab={tab}", dark=True)
    page.get_by_role("combobox", name="Language").first.click()
    page.get_by_role("option", name="Français").click()
    expect(page.get_by_role("heading", name="Qui peut nous devoir combien ?")).to_be_visible()
    check_accessibility(page)
    page.set_viewport_size({"width": 390, "height": 844})
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("combobox", name="Langue").first.click()
    page.get_by_role("option", name="English").click()
    expect(page.get_by_role("heading", name="Who may owe us how much?")).to_be_visible()
