"""An accountant sees what a file changes, takes an import back, and decides on what an open-items export misses."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs

HEADER = "invoice_number,customer_id,invoice_date,due_date,amount,company\n"
FIRST = HEADER + "D-1,C-0,2026-06-01,2026-07-01,1200.00,FR\n" + "D-2,C-1,2026-06-01,2026-07-01,300.00,FR\n"
SECOND = HEADER + "D-1,C-0,2026-06-01,2026-07-01,1250.00,FR\n" + "D-2,C-1,2026-06-01,2026-08-01,300.00,FR\n"
OPEN = HEADER + "D-1,C-0,2026-06-01,2026-07-01,1000.00,FR\n"
Check = Callable[[Page], None]


def look_at(page: Page, folder: Path, name: str, content: str) -> None:
    path = folder / name
    path.write_text(content)
    page.goto(routes.IMPORTS + "/")
    page.get_by_label("Files", exact=True).set_input_files(path)
    page.get_by_role("button", name="See what they would do").click()
    expect(page.get_by_role("heading", name="What these files would do")).to_be_visible()


def bring_in(page: Page) -> None:
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page).to_have_url(re.compile(r"batch=\d+"))


def test_from_the_difference_to_taking_back_and_to_settlements(
    page_as: PageAs, tmp_path: Path, check_accessibility: Check
) -> None:
    page = page_as(Role.COLLECTOR, routes.IMPORTS + "/")
    look_at(page, tmp_path, "first.csv", FIRST)
    bring_in(page)
    first = page.url

    look_at(page, tmp_path, "second.csv", SECOND)
    expect(page.get_by_text("1 due date moves 1 Jul 2026 → 1 Aug 2026")).to_be_visible()
    expect(page.get_by_text("1 amount changes €1,200.00 → €1,250.00")).to_be_visible()
    check_accessibility(page)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Everything, CSV").click()
    assert "changed,invoice,FR,D-1,amount,1200.00,1250.00,EUR" in downloading.value.path().read_text("utf-8-sig")
    bring_in(page)
    second = page.url

    page.goto(first)
    page.get_by_role("button", name="Take back…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("2 rows were changed by the later import #2 second.csv")).to_be_visible()
    expect(dialog.get_by_role("button", name="Take back", exact=True)).to_have_count(0)
    check_accessibility(page)
    dialog.get_by_role("button", name="Cancel").click()

    page.goto(second)
    page.get_by_role("button", name="Take back…").click()
    expect(dialog.get_by_text("Old values again: 2 invoices")).to_be_visible()
    check_accessibility(page)
    dialog.get_by_role("button", name="Take back", exact=True).click()
    expect(page.get_by_text("second.csv is taken back.")).to_be_visible()
    expect(page.get_by_text("Taken back", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Take back…")).to_have_count(0)

    look_at(page, tmp_path, "open.csv", OPEN)
    page.get_by_label("These invoices are everything that is still open").check()
    expect(page.get_by_text("2 invoices, €500.00, are proposed as settled")).to_be_visible()
    check_accessibility(page)
    bring_in(page)
    page.get_by_role("link", name="Decide").click()
    expect(page.get_by_role("heading", name="Proposed settlements")).to_be_visible()
    page.get_by_role("checkbox", name="D-2").click()
    expect(page.get_by_text("1 chosen, €300.00")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Settle").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Settle").click()
    expect(page.get_by_text("1 invoice is settled.")).to_be_visible()
    expect(page.get_by_role("checkbox", name="D-2")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("checkbox", name="D-2")).to_be_visible()


def test_the_settlements_fit_a_phone(page_as: PageAs) -> None:
    page = page_as(Role.COLLECTOR, routes.SETTLEMENTS + "/", width=390, height=844)
    expect(page.get_by_role("heading", name="Proposed settlements")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_who_may_not_import_gets_neither_settlements_nor_differences(page_as: PageAs) -> None:
    page = page_as(Role.SALES, routes.SETTLEMENTS + "/")
    expect(page.get_by_role("button", name="Settle")).to_have_count(0)
    for address in ("1/changes.csv", "changes.csv?upload=x"):
        assert page.request.get(f"{routes.DOWNLOADS}/imports/{address}").status == 404
