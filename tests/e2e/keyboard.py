"""A collector's hands: what is done on the screen by keys alone, and how long the next customer takes to come."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from tests.e2e.cockpit_ledger import today

# From a key to the next customer's name, counted in the page itself, so that no polling of ours adds to it.
WATCH = """() => {
    const name = () => document.querySelector(".rec-name")?.textContent ?? "";
    const took = (window.took = { next: [], open: [] });
    let since = null, before = "", key = "";
    addEventListener("keydown", (event) => { since = performance.now(); before = name(); key = event.key; }, true);
    new MutationObserver(() => {
        if (since === null || !name() || name() === before) return;
        took[/^[jk]$/.test(key) ? "open" : "next"].push(Math.round(performance.now() - since));
        since = null;
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def named(page: Page) -> Locator:
    return page.locator(".rec-name")


def go_on(page: Page, *keys: str) -> None:
    """Press keys that finish a task, and wait for the next one with its mail beside it."""
    before = named(page).inner_text()
    for key in keys:
        page.keyboard.press(key)
    expect(named(page)).not_to_have_text(before)
    expect(page.get_by_label("Your words, above the invoices")).to_be_visible()


def write(page: Page, key: str, text: str, field: str = "#act-note") -> None:
    """Open an act by its key, and write into the field that waits for it."""
    page.keyboard.press(key)
    expect(page.locator(field)).to_be_focused()
    page.keyboard.insert_text(text)


def stay(page: Page, field: str = "#act-note") -> None:
    """Send what is written; the customer stays, and the field has gone."""
    page.keyboard.press("Control+Enter")
    expect(page.locator(field)).to_have_count(0)


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Walk to a control as a keyboard does."""
    for _ in range(20):
        page.keyboard.press(key)
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by {key}")


def choose(page: Page, entry: str) -> None:
    """Choose an entry of the menu that has the focus, by the arrows.

    Not by its first letters: a menu forgets them after a second, which is less than a busy machine may need.
    """
    page.keyboard.press("Enter")
    entries = page.get_by_role("option")
    expect(entries.filter(has_text=entry)).to_be_visible()
    page.keyboard.press("Home")
    for place in range(entries.all_inner_texts().index(entry) + 1):
        if place:
            page.keyboard.press("ArrowDown")
        expect(entries.nth(place)).to_be_focused()
    page.keyboard.press("Enter")
    expect(entries).to_have_count(0)
    expect(page.get_by_role("combobox").filter(has_text=entry)).to_be_visible()


def promise_in_two_parts(page: Page) -> None:
    page.keyboard.press("p")
    expect(page.get_by_label("Amount promised")).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Add a date"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Then")).to_have_value("6050.00")
    expect(page.get_by_label("Amount promised")).to_be_focused()
    go_on(page, "Control+Enter")


def mail_now(page: Page) -> None:
    page.keyboard.press("e")
    words = page.get_by_label("Your words, above the invoices")
    expect(words).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("As agreed on the phone.")
    expect(page.locator("iframe").content_frame.get_by_text("As agreed on the phone.")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alertdialog")).to_contain_text("about 2 invoices")
    go_on(page, "Control+Enter")
    page.keyboard.press("Escape")


def mail_the_statement_tomorrow(page: Page) -> None:
    page.keyboard.press("e")
    expect(page.get_by_label("Your words, above the invoices")).to_be_focused()
    tab_to(page, page.get_by_role("combobox", name="Template"), "Shift+Tab")
    choose(page, "Statement")
    expect(page.get_by_label("Subject")).to_have_value(re.compile("tatement"))
    tab_to(page, page.get_by_role("checkbox", name="Statement of account"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Send at"))
    page.keyboard.type(f"{today() + timedelta(days=1):%m%d%Y}")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("0900AM")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alertdialog")).to_contain_text("09:00")
    go_on(page, "Control+Enter")
    page.keyboard.press("Escape")


def write_off(page: Page) -> None:
    write(page, "f", "too old")
    tab_to(page, page.get_by_role("combobox", name="Proposal"), "Shift+Tab")
    choose(page, "Write off")
    tab_to(page, page.locator("#act-note"))
    go_on(page, "Control+Enter")
    expect(page.get_by_label("Notices")).to_contain_text("write-off proposed.")


def hand_over(page: Page) -> None:
    page.keyboard.press("h")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Hand 1 customer over")
    tab_to(page, dialog.get_by_role("combobox", name="To whom"))
    choose(page, "Ada credit_manager")
    tab_to(page, dialog.get_by_label("Why"))
    page.keyboard.insert_text("she knows them")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Notices")).to_contain_text("1 customer handed over.")
