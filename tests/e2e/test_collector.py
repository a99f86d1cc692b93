"""A collector's day in a real browser: ranked tasks, one customer open, acts with undo, keys, a phone, two people."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from statistics import median

from playwright.sync_api import Locator, Page, expect

from ar_cockpit.domain.access import Role
from tests.e2e.cockpit_ledger import add_day
from tests.e2e.conftest import PageAs, Server
from tests.e2e.keyboard import (
    WATCH,
    go_on,
    hand_over,
    mail_now,
    mail_the_statement_tomorrow,
    named,
    promise_in_two_parts,
    stay,
    write,
    write_off,
)

Check = Callable[[Page], None]
TASKS, OTHERS = 12, 1_500


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
    tasks(day).filter(has_text="Done by").filter(has_text="Quillien").click()
    expect(customer(day)).to_contain_text("Disputed, price")
    expect(customer(day).get_by_label("Quillien-1")).to_be_disabled()
    day.get_by_role("button", name="Close…").click()
    day.get_by_role("button", name="Close the dispute").click()
    expect(customer(day)).not_to_contain_text("Disputed, price")


def test_a_reminder_is_previewed_edited_confirmed_queued_and_taken_back(day: Page) -> None:
    day.get_by_label("Subject").fill("About your invoices")
    words = day.get_by_label("Your words, above the invoices")
    words.fill("")
    words.press_sequentially("As agreed on the phone.", delay=40)  # no letter is lost to the server's answers
    expect(words).to_have_value("As agreed on the phone.")
    # Another template brings its own words; they are replaced as a whole.
    day.get_by_role("combobox", name="Template").click()
    day.get_by_role("option", name="Firm reminder").click()
    expect(words).not_to_have_value("As agreed on the phone.")
    words.fill("As agreed on the phone.")
    expect(words).to_have_value("As agreed on the phone.")
    day.get_by_label("Subject").fill("About your invoices")
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


def test_a_tab_is_in_the_address_by_itself_so_that_no_late_answer_takes_anybody_back(day: Page) -> None:
    day.context.set_offline(True)  # the server hears nothing
    day.get_by_role("tab", name=re.compile("Done")).click()
    expect(day).to_have_url(re.compile("tab=done"))
    day.context.set_offline(False)
    expect(day.get_by_role("tab", name=re.compile("Done"))).to_have_attribute("aria-selected", "true")
    expect(tasks(day)).to_have_count(0)


def test_the_key_to_write_a_mail_waits_for_the_next_customers(day: Page) -> None:
    before = customer(day).locator(".rec-name").inner_text()
    day.keyboard.press("o")
    day.keyboard.press("e")  # while the mail of the customer before is still drawn
    expect(customer(day).locator(".rec-name")).not_to_have_text(before)
    words = day.get_by_label("Your words, above the invoices")
    expect(words).to_be_focused()
    day.keyboard.press("End")
    day.keyboard.insert_text("!")
    expect(words).to_have_value(re.compile("!"))


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


def test_a_whole_day_by_keyboard_alone(
    server: Server, page_as: PageAs, check_accessibility: Check, record_property: Callable[[str, object], None]
) -> None:
    add_day(server.database_url, "DAY", TASKS, OTHERS)
    day = page_as(Role.COLLECTOR, "/collector/?company=DAY")
    lead = page_as(Role.CREDIT_MANAGER, "/collector/?company=DAY&who=collector@velmora.example", width=390, height=844)
    expect(tasks(day)).to_have_count(TASKS)
    expect(lead.get_by_text("0 of 12 done")).to_be_visible()
    day.evaluate(WATCH)
    for key, name in (("j", "Maison02 SA"), ("k", "Maison00 SA")):
        day.keyboard.press(key)
        day.keyboard.press(key)  # before the screen is there: it goes on from where it leads
        expect(named(day)).to_have_text(name)
        expect(day.locator("a.tk[aria-current=true]")).to_be_in_viewport()
    day.keyboard.press("?")
    expect(day.get_by_role("dialog")).to_contain_text("select invoice")
    day.keyboard.press("Escape")
    expect(day.get_by_role("dialog")).to_have_count(0)
    # A call, taken back, and logged after all; the lead's phone knows of each.
    write(day, "c", "pays on Monday")
    go_on(day, "Control+Enter")
    expect(lead.get_by_text("1 of 12 done")).to_be_visible()
    day.keyboard.press("u")
    expect(named(day)).to_have_text("Maison00 SA")
    expect(lead.get_by_text("0 of 12 done")).to_be_visible()
    write(day, "c", "pays on Monday")
    go_on(day, "Control+Enter")
    agree(day)
    mail_now(day)
    mail_the_statement_tomorrow(day)
    ask_and_leave(day)
    hand_over(day)
    for page in (day, lead):
        expect(page.get_by_text("Nobody is left for today")).to_be_visible()
        check_accessibility(page)
    took = {name: round(median(some)) for name, some in day.evaluate("window.took").items()}
    record_property("next_task_ms", took["next"])
    record_property("open_360_ms", took["open"])
    sys.stdout.write(f"next task after {took['next']} ms, another customer opened in {took['open']} ms\n")


def agree(day: Page) -> None:
    """Go through a promise, a dispute, a plan and a snooze, each of which brings the next customer."""
    promise_in_two_parts(day)
    write(day, "d", "two pallets missing")
    go_on(day, "Control+Enter")
    day.keyboard.press("i")
    expect(day.locator("table.schedule tbody tr")).to_have_count(3)
    expect(day.get_by_label("First on")).to_be_focused()
    go_on(day, "Control+Enter")
    day.keyboard.press("s")
    expect(day.locator(".day-grid button").first).to_be_focused()
    go_on(day, "Enter")


def ask_and_leave(day: Page) -> None:
    """Go through proposals and by hand, then what leaves the customer open: a statement, a note; and say done."""
    write(day, "f", "nobody answers")
    go_on(day, "Control+Enter")
    expect(notice(day)).to_contain_text("hold proposed.")
    write_off(day)
    write(day, "m", "their lawyer writes", "#by-hand-reason")
    go_on(day, "Control+Enter")
    expect(notice(day)).to_contain_text("Taken by hand.")
    with day.expect_download() as statement:
        day.keyboard.press("a")
    assert statement.value.suggested_filename.endswith(".pdf")
    write(day, "n", "sent them the statement")
    stay(day)
    expect(notice(day)).to_contain_text("Note added.")
    go_on(day, "o")


def test_a_lost_line_is_said_and_mends_itself_with_what_was_written(day: Page, check_accessibility: Check) -> None:
    day.keyboard.press("c")
    said = day.get_by_label("What was said")
    expect(said).to_be_focused()
    day.context.set_offline(True)
    lost = day.get_by_role("alert").filter(has_text="Connection lost.")
    expect(lost).to_contain_text("what you typed stays")
    check_accessibility(day)
    day.keyboard.insert_text("pays on Monday")
    day.keyboard.press("Control+Enter")  # is done once the line is back
    expect(said).to_have_value("pays on Monday")
    day.context.set_offline(False)
    expect(day.get_by_role("status").filter(has_text="The connection is back")).to_be_visible()
    expect(lost).to_have_count(0)
    expect(customer(day)).to_contain_text("Quillien SA")
    expect(day.get_by_text("1 of 4 done")).to_be_visible()
