"""The policy edited in a real browser: a step moved, its message and numbers seen, switched on, brought back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit.domain.access import Role
from tests.e2e.cockpit_ledger import add_company
from tests.e2e.conftest import PageAs, Server

Check = Callable[[Page], None]
ADDRESS = "/settings/cadences/?segment=standard&step=reminder_1"


@pytest.fixture(scope="module", autouse=True)
def ledger(server: Server) -> None:
    """Customers of one company who owe something."""
    add_company(server.database_url, "CAD")


def test_a_step_is_moved_seen_switched_on_and_brought_back(page_as: PageAs, check_accessibility: Check) -> None:
    page = page_as(Role.CREDIT_MANAGER, ADDRESS)
    expect(page.locator("a.seg")).to_have_count(7)
    expect(page.locator(".seg-sum b")).to_have_text(re.compile(r"^\d+$"))
    preview = page.frame_locator(".try-sheet").locator("body")
    expect(preview).to_contain_text("How to pay")
    numbers = page.locator(".out-card")
    expect(numbers.locator(".out-three b").first).to_have_text(re.compile(r"^[\d,]+$"))
    check_accessibility(page)
    numbers.get_by_role("button", name="Download the chart").click()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="PNG").click()
    assert fetched.value.path().read_bytes().startswith(b"\x89PNG")
    page.keyboard.press("Escape")

    day = page.get_by_label("Days to the due date")
    day.fill("1")
    day.press("Tab")
    expect(page.locator(".cad-node.on .cad-day")).to_have_text("+1 day")
    expect(page.locator(".ph .badge")).to_contain_text("Draft, not switched on")
    expect(numbers).to_contain_text("Now in force:")
    page.reload()
    expect(page.locator(".cad-node.on .cad-day")).to_have_text("+1 day")

    page.keyboard.press("ArrowRight")
    expect(page.locator(".cad-node.on b")).to_have_text("Second reminder")
    page.get_by_role("combobox", name="Template").click()
    page.get_by_role("option", name="Firm reminder").click()
    expect(page.locator(".cad-node.on b")).to_have_text("First firm reminder")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(".cad-node.on b")).to_have_text("Second reminder")

    page.get_by_role("button", name="Switch on…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Standard: First reminder day +3 days +1 day")
    expect(dialog).to_contain_text("Nothing that was sent already is sent again.")
    check_accessibility(page)
    dialog.get_by_label("Why (kept with the version)").fill("a day is enough")
    dialog.get_by_role("button", name="Switch on", exact=True).click()
    expect(page.locator(".ph .badge")).to_contain_text("In force: version 1")

    page.get_by_role("button", name="Versions").click()
    expect(dialog).to_contain_text("a day is enough")
    dialog.get_by_role("button", name="Bring back…").last.click()
    expect(dialog).to_contain_text("+1 day +3 days")
    check_accessibility(page)
    dialog.get_by_role("button", name="Bring it back now").click()
    expect(page.locator(".ph .badge")).to_contain_text("In force: version 2")
    page.goto(ADDRESS)
    expect(page.locator(".cad-node.on .cad-day")).to_have_text("+3 days")


def test_a_segment_is_added_listed_and_removed(page_as: PageAs, check_accessibility: Check) -> None:
    page = page_as(Role.CREDIT_MANAGER, "/settings/cadences/")
    page.get_by_role("button", name="Add a segment").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Large in France")
    dialog.get_by_label("With what").fill("FR")
    check_accessibility(page)
    dialog.get_by_role("button", name="Keep in the draft").click()
    chosen = page.locator("a.seg.on")
    expect(chosen).to_contain_text("Large in France")
    expect(chosen).to_contain_text("in France")
    expect(chosen.locator(".num")).to_have_text(re.compile(r"^\d+$"))
    page.get_by_role("button", name="Try this segment earlier").click()
    expect(chosen.locator("span").first).to_have_text("6")
    page.get_by_role("button", name="Customers").click()
    expect(dialog.get_by_role("cell").nth(1)).to_contain_text("country: France")
    check_accessibility(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Discard").click()
    expect(page.locator("a.seg")).to_have_count(7)


def test_the_file_tells_its_mistakes_by_line(page_as: PageAs, check_accessibility: Check) -> None:
    page = page_as(Role.ADMIN, "/settings/cadences/")
    page.get_by_role("button", name="File").click()
    dialog = page.get_by_role("dialog")
    with page.expect_download() as started:
        dialog.get_by_role("button", name="Download").click()
    assert "[[segment]]" in started.value.path().read_text()
    dialog.get_by_label("Text (TOML)").fill("version = 1\n[[segment]]\nkey = 1\n")
    dialog.get_by_role("button", name="Keep as draft").click()
    expect(dialog.get_by_role("alert").last).to_contain_text("Line 3: 'key' is not a word.")
    check_accessibility(page)


def test_on_a_phone_and_in_the_dark(page_as: PageAs, check_accessibility: Check) -> None:
    page = page_as(Role.CREDIT_MANAGER, ADDRESS, width=390, height=844, dark=True)
    expect(page.locator(".out-three b").first).to_have_text(re.compile(r"^[\d,]+$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    check_accessibility(page)
