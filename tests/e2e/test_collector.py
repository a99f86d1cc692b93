"""A collector's day in a real browser: ranked tasks, one customer open, acts with undo, keys, a phone, two people."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs

Check = Callable[[Page], None]


def tasks(page: Page) -> Locator:
    return page.locator("a.tk")


def customer(page: Page) -> Locator:
    return page.get_by_role("region", name="Customer", exact=True)


def notice(page: Page) -> Locator:
    return page.get_by_label("Notices")


def open_act(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def test_tasks_are_ranked_with_reasons_in_words(day: Page, check_accessibility: Check) -> None:
    expect(tasks(day)).to_have_count(4)
    expect(tasks(day).first).to_contain_text("Atelys SA")
    expect(tasks(day).first).to_contain_text("Promise of €4,000 broken")
    expect(day.get_by_text("0 of 4 done")).to_be_visible()
    expect(customer(day)).to_contain_text("Atelys SA")
    expect(day.locator("iframe").content_frame.get_by_role("cell", name="Atelys-1")).to_be_visible()
    check_accessibility(day)


def test_logging_a_call_moves_on_to_the_next_and_can_be_undone(day: Page) -> None:
    open_act(day, "Call")
    day.get_by_label("What was said").fill("pays on Monday")
    day.get_by_role("button", name="Log the call").click()
    expect(customer(day)).to_contain_text("Quillien SA")
    expect(day.get_by_text("1 of 4 done")).to_be_visible()
    expect(tasks(day)).to_have_count(3)
    notice(day).get_by_role("button", name="Undo").click()
    expect(tasks(day)).to_have_count(4)
    expect(customer(day)).to_contain_text("Atelys SA")


def test_a_promise_pauses_what_it_covers_and_a_bad_amount_is_said_at_the_field(day: Page) -> None:
    open_act(day, "Promise")
    amount = day.get_by_label("Amount promised")
    expect(amount).to_have_value("6500.00")
    amount.fill("99999")
    day.get_by_role("button", name="Record the promise").click()
    expect(day.locator("#promise-amount-error")).to_contain_text("6500.00 EUR is open")
    amount.fill("6500")
    day.get_by_role("button", name="Record the promise").click()
    expect(customer(day)).to_contain_text("Quillien SA")
    day.get_by_role("tab", name=re.compile("Done")).click()
    expect(tasks(day)).to_have_count(1)
    tasks(day).first.click()
    expect(customer(day).get_by_text(re.compile("^Promised, ")).first).to_be_visible()


def test_a_dispute_is_opened_for_one_invoice_and_closed_again(day: Page) -> None:
    tasks(day).filter(has_text="Quillien").click()
    expect(customer(day)).to_contain_text("Quillien SA")
    open_act(day, "Dispute")
    day.get_by_role("button", name="Open the dispute").click()
    expect(notice(day)).to_contain_text("Dispute of Quillien-1 opened")
    expect(customer(day)).to_contain_text("Trevignan SA")
    day.get_by_role("tab", name=re.compile("Done")).click()
    tasks(day).filter(has_text="Quillien").click()
    expect(customer(day)).to_contain_text("Disputed, price")
    expect(customer(day).get_by_label("Quillien-1")).to_be_disabled()
    day.get_by_role("button", name="Close…").click()
    day.get_by_role("button", name="Close the dispute").click()
    expect(customer(day)).not_to_contain_text("Disputed, price")


def test_a_snoozed_customer_leaves_the_list_until_undone(day: Page) -> None:
    open_act(day, "Snooze")
    day.locator(".day-grid button").nth(1).click()
    expect(day.get_by_role("tab", name=re.compile("Snoozed"))).to_contain_text("1")
    expect(tasks(day)).to_have_count(3)
    notice(day).get_by_role("button", name="Undo").click()
    expect(tasks(day)).to_have_count(4)


def test_a_reminder_is_previewed_edited_confirmed_queued_and_taken_back(day: Page) -> None:
    day.get_by_label("Subject").fill("About your invoices")
    words = day.get_by_label("Your words, above the invoices")
    words.fill("")
    words.press_sequentially("As agreed on the phone.", delay=40)  # no letter is lost to the server's answers
    expect(words).to_have_value("As agreed on the phone.")
    expect(day.locator("iframe").content_frame.get_by_text("As agreed on the phone.")).to_be_visible()
    customer(day).get_by_label("Atelys-2").click()
    expect(day.locator("iframe").content_frame.get_by_role("cell", name="Atelys-2")).to_have_count(0)
    day.keyboard.press("Control+Enter")
    expect(day.get_by_role("alertdialog")).to_contain_text(
        "Claire Vautrin <ap@atelys.example> about 1 invoice, €4,000.00"
    )
    day.keyboard.press("Control+Enter")
    expect(notice(day)).to_contain_text("Reminder to Atelys SA is on its way")
    expect(customer(day)).to_contain_text("Quillien SA")
    notice(day).get_by_role("button", name="Undo").click()
    expect(notice(day)).to_contain_text("taken back before it left")
    expect(tasks(day)).to_have_count(4)


def test_keys_move_choose_and_select(day: Page) -> None:
    day.keyboard.press("j")
    expect(customer(day)).to_contain_text("Quillien SA")
    day.keyboard.press("k")
    expect(customer(day)).to_contain_text("Atelys SA")
    day.keyboard.press("x")
    expect(customer(day)).to_contain_text("3 of 3 selected")
    day.keyboard.press("?")
    expect(day.get_by_role("dialog")).to_contain_text("select invoice")
    day.keyboard.press("Escape")
    expect(day.get_by_role("dialog")).to_have_count(0)
    day.keyboard.press("c")
    expect(day.get_by_role("button", name="Log the call")).to_be_visible()


def test_a_filter_lives_in_the_address_and_survives_reload_and_back(day: Page) -> None:
    day.get_by_role("button", name="Filter").click()
    day.get_by_role("dialog").get_by_role("combobox", name="Overdue at least").click()
    day.get_by_role("option", name="5,000").click()
    expect(tasks(day)).to_have_count(2)
    expect(day).to_have_url(re.compile("least=5000"))
    day.reload()
    expect(tasks(day)).to_have_count(2)
    day.go_back()
    expect(tasks(day)).to_have_count(4)


def test_what_a_colleague_does_appears_without_reload(day: Page, page_as: PageAs, company: str) -> None:
    colleague = page_as(Role.CREDIT_MANAGER, f"/collector/?company={company}")
    expect(tasks(colleague)).to_have_count(4)
    open_act(colleague, "Call")
    colleague.get_by_role("button", name="Log the call").click()
    expect(tasks(day)).to_have_count(3, timeout=15_000)
    expect(day.locator(".live")).to_contain_text("dealt with Atelys SA")


def test_on_a_phone_one_pane_shows_at_a_time(page_as: PageAs, company: str, check_accessibility: Check) -> None:
    page = page_as(Role.COLLECTOR, f"/collector/?company={company}", width=390, height=844)
    expect(tasks(page)).to_have_count(4)
    expect(customer(page)).to_be_hidden()
    tasks(page).first.click()
    expect(customer(page)).to_be_visible()
    expect(tasks(page).first).to_be_hidden()
    check_accessibility(page)
    page.locator(".act-bar").get_by_role("button", name="Call").click()
    expect(page.get_by_role("button", name="Log the call")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.go_back()
    expect(customer(page)).to_be_visible()


def test_in_the_dark_and_in_french(page_as: PageAs, company: str, check_accessibility: Check) -> None:
    page = page_as(Role.COLLECTOR, f"/collector/?company={company}", dark=True)
    page.get_by_role("combobox", name="Language").first.click()
    page.get_by_role("option", name="Français").click()
    expect(tasks(page).first).to_contain_text("Promesse de 4\u00a0000\u00a0€ rompue")
    check_accessibility(page)
    page.get_by_role("combobox", name="Langue").first.click()
    page.get_by_role("option", name="English").click()
    expect(tasks(page).first).to_contain_text("Promise of")
