"""A collector brings a file in: looks at what it would do, imports it, and takes the rows set aside away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs, Server
from tests.fec_books import SIREN, fec

HEADER = "invoice_number;customer_id;invoice_date;amount;company\n"


@pytest.fixture
def page(page_as: PageAs) -> Page:
    """The collector at the imports."""
    return page_as(Role.COLLECTOR, routes.IMPORTS + "/")


def file_of(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "june.csv"
    path.write_text(HEADER + rows)
    return path


def look_at(page: Page, path: Path) -> None:
    page.get_by_label("Files", exact=True).set_input_files(path)
    page.get_by_role("button", name="See what they would do").click()
    expect(page.get_by_role("heading", name="What these files would do")).to_be_visible()


def test_a_file_is_looked_at_imported_and_its_bad_row_taken_away(
    page: Page, tmp_path: Path, check_accessibility: Callable[[Page], None]
) -> None:
    check_accessibility(page)
    look_at(page, file_of(tmp_path, "E2E-1;C-0;08/06/2026;1.250,00;FR\nE2E-2;C-9;18/06/2026;=1+1;FR\n"))
    expect(page.get_by_text("€1,250.00").first).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page).to_have_url(re.compile(r"batch=\d+"))
    expect(page.get_by_text("Loaded, 1 row set aside")).to_be_visible()
    page.get_by_role("link", name="3", exact=True).click()
    expect(page.get_by_role("heading", name="Line 3")).to_be_visible()
    check_accessibility(page)
    page.reload()
    expect(page.get_by_role("heading", name="Line 3")).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download rows, CSV").click()
    kept = downloading.value.path().read_text(encoding="utf-8-sig")
    assert "'=1+1" in kept
    page.get_by_role("link", name="Imports", exact=True).last.click()
    expect(page.get_by_role("link", name="june.csv").first).to_be_visible()


def test_an_upload_can_be_thrown_away(page: Page, tmp_path: Path, server: Server) -> None:
    look_at(page, file_of(tmp_path, "E2E-9;C-0;08/06/2026;1,00;FR\n"))
    page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_role("heading", name="New import")).to_be_visible()
    assert not any((server.home / "uploads").iterdir())


def test_a_file_that_is_no_ledger_says_so(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "wine.csv"
    path.write_text("colour;taste\nred;dry\n")
    look_at(page, path)
    expect(page.get_by_text("no table of a ledger")).to_be_visible()
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_disabled()


@pytest.mark.parametrize("role", [Role.SALES, Role.EXECUTIVE])
def test_who_may_not_import_gets_neither_page_nor_upload(page_as: PageAs, role: Role, server: Server) -> None:
    page = page_as(role, routes.IMPORTS + "/")
    expect(page.get_by_label("Files", exact=True)).to_have_count(0)
    answer = page.request.post(
        f"{routes.UPLOADS}/imports",
        headers={"Origin": server.origin},
        multipart={"files": {"name": "a.csv", "mimeType": "text/csv", "buffer": b"x"}},
        max_redirects=0,
    )
    assert answer.status == 404
    assert page.request.get(f"{routes.DOWNLOADS}/imports/1.csv").status == 404


def test_it_fits_a_phone(page_as: PageAs) -> None:
    page = page_as(Role.COLLECTOR, routes.IMPORTS + "/", width=390, height=844)
    expect(page.get_by_role("heading", name="New import")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_fec_shows_the_balance_of_its_accounts_beside_what_is_imported(
    page: Page, tmp_path: Path, check_accessibility: Callable[[Page], None]
) -> None:
    path = tmp_path / f"{SIREN}FEC20241231.txt"
    path.write_text(fec("VT 1 0301 411000 C1 F1 1250 0\nVT 1 0301 706000 - F1 0 1250"))
    look_at(page, path)
    for words in (
        "Accounting entries (FEC)",
        "Balance of 411, 413, 416 in the file",
        "Receivables less unapplied cash",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("agrees")).to_be_visible()
    check_accessibility(page)
