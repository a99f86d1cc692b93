"""A workbook with foreign columns: one column is corrected, the mapping is kept, and the next file is recognised."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from tests.builders_of_workbooks import a_workbook
from tests.e2e.conftest import PageAs

HEAD = ["N° pièce", "Code client", "Nom du client", "Date pièce", "Échéance", "Débit", "Montant", "Devise"]
DAY = datetime(2026, 2, 27, tzinfo=UTC).replace(tzinfo=None)


def a_ledger(path: Path, prefix: str) -> Path:
    """Write an extract whose column called Montant only says where to look: the debits are the amounts."""
    rows = [
        [f"{prefix}-{n}", "C-0", "Atelys 0", DAY, DAY.replace(day=28), 100.1 + n, "see debit", "EUR"] for n in range(3)
    ]
    return a_workbook(path, {"Grand livre": [["Extract of 27/02/2026"], [], HEAD, *rows]})


def choose(page: Page, path: Path) -> None:
    page.get_by_label("Files", exact=True).set_input_files(path)
    page.get_by_role("button", name="See what they would do").click()


def test_a_workbook_with_foreign_columns_is_mapped_once_and_recognised_ever_after(
    page_as: PageAs, tmp_path: Path, check_accessibility: Callable[[Page], None]
) -> None:
    page = page_as(Role.COLLECTOR, routes.IMPORTS + "/")
    choose(page, a_ledger(tmp_path / "grand livre.xlsx", "E2E"))
    expect(page.get_by_role("heading", name="Which column is which")).to_be_visible()
    expect(page.get_by_label("Invoice number")).to_contain_text("N° pièce")
    expect(page.get_by_text("“Code client” is a usual name for it; different values: 1 in 3 rows")).to_be_visible()
    expect(page.get_by_text("Not by its name, but: all 3 values are amounts")).to_be_visible()
    check_accessibility(page)

    page.get_by_label("Amount", exact=True).select_option(label="Choose a column…")
    expect(page.get_by_text("Still to choose: Amount")).to_be_visible()
    expect(page.get_by_role("button", name="Save and preview")).to_be_disabled()
    page.get_by_label("Amount", exact=True).select_option(label="Montant (see debit)")
    expect(page.get_by_text("3 cells cannot be read")).to_be_visible()
    page.get_by_label("Amount", exact=True).select_option(label="Débit (100.1)")
    expect(page.get_by_text("3 of 3 rows can be read")).to_be_visible()
    expect(page.get_by_text("303.30 EUR")).to_be_visible()
    page.get_by_label("Name of this mapping").fill("Ledger of Nantes")
    page.get_by_label("What the file holds").select_option(label="Open items only")
    check_accessibility(page)

    page.get_by_role("button", name="Save and preview").click()
    expect(page.get_by_text("read by the mapping Ledger of Nantes")).to_be_visible()
    expect(page.get_by_text("€303.30").first).to_be_visible()
    page.get_by_role("link", name="Columns").click()
    expect(page.get_by_label("What the file holds")).to_have_value("open_items")
    page.get_by_role("button", name="Save and preview").click()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page).to_have_url(re.compile(r"batch=\d+"))
    expect(page.get_by_text("Every row was loaded").or_(page.get_by_text("3 new")).first).to_be_visible()

    page.get_by_role("link", name="Imports", exact=True).last.click()
    choose(page, a_ledger(tmp_path / "the next.xlsx", "NEXT"))
    expect(page.get_by_role("heading", name="What these files would do")).to_be_visible()
    expect(page.get_by_text("read by the mapping Ledger of Nantes")).to_be_visible()
    check_accessibility(page)


@pytest.mark.parametrize("dark", [False, True])
def test_the_columns_can_be_told_by_keyboard_and_on_a_phone(
    page_as: PageAs, tmp_path: Path, check_accessibility: Callable[[Page], None], dark: bool
) -> None:
    page = page_as(Role.COLLECTOR, routes.IMPORTS + "/", width=390, height=844, dark=dark)
    path = tmp_path / "items.csv"
    path.write_text(
        "Doc;Customer;Invoice date;Total;Region\nP-1;C-0;27/02/2026;1,50;North\nP-2;C-0;28/02/2026;2,50;N\n"
    )
    choose(page, path)
    expect(page.get_by_role("heading", name="Which column is which")).to_be_visible()
    expect(page.get_by_text("2 of 2 rows can be read")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text("More that could be read").press("Enter")
    more = page.get_by_label("Description")
    more.focus()
    more.press("R")
    expect(page.get_by_text("Region", exact=True).first).to_be_visible()
    expect(more).to_contain_text("Region")
    check_accessibility(page)
