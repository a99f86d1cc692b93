"""A collector attaches an invoice's PDF by button and by drop, opens it, removes it with a reason and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from tests.e2e.cockpit_ledger import add_company
from tests.e2e.conftest import PageAs, Server
from tests.pdfs import a_pdf

INVOICES = f"{routes.INVOICES}/?company=DOC"
RECORD = f"{routes.COLLECTOR}/?company=DOC&customer=DOC%2FAtelys"
DROP = """([element, bytes, name]) => {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], name, { type: "application/pdf" }));
  for (const type of ["dragover", "drop"])
    element.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module", autouse=True)
def ledger(server: Server) -> None:
    """A company whose invoices have no PDF yet."""
    add_company(server.database_url, "DOC")


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A small PDF, on the collector's own machine."""
    path = tmp_path / "Scan of Monday.pdf"
    path.write_bytes(a_pdf("Invoice"))
    return path


def dialog(page: Page, number: str) -> Locator:
    return page.get_by_role("dialog", name=f"Documents of {number}")


def attach(page: Page, number: str, path: Path) -> Locator:
    page.get_by_role("button", name=f"Attach a PDF to {number}").first.click()
    shown = dialog(page, number)
    shown.locator("input[type=file]").set_input_files(path)
    return shown


def test_a_pdf_is_attached_opened_removed_and_brought_back(
    page_as: PageAs, pdf: Path, check_accessibility: Callable[[Page], None]
) -> None:
    page = page_as(Role.COLLECTOR, INVOICES)
    check_accessibility(page)
    shown = attach(page, "Quillien-1", pdf)
    expect(page.get_by_text("The PDF of Quillien-1 is attached.")).to_be_visible()
    expect(shown).to_have_count(0)
    link = page.get_by_title("View the PDF of Quillien-1")
    expect(link).to_have_attribute("target", "_blank")
    answer = page.request.get(str(link.get_attribute("href")))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body() == pdf.read_bytes()
    page.get_by_role("button", name="Documents of Quillien-1").click()
    expect(shown.get_by_text("Scan of Monday.pdf")).to_be_visible()
    check_accessibility(page)
    shown.get_by_role("button", name="Remove…").click()
    shown.get_by_label("Why is it removed?").fill("wrong customer")
    shown.get_by_role("button", name="Remove", exact=True).click()
    expect(shown.get_by_text(re.compile("Removed by Ada collector on .*: wrong customer"))).to_be_visible()
    check_accessibility(page)
    shown.get_by_role("button", name="Bring back").click()
    expect(shown.get_by_text("Shown")).to_be_visible()


def test_a_file_is_dropped_on_an_invoice_of_the_collectors_list(page_as: PageAs, pdf: Path) -> None:
    page = page_as(Role.COLLECTOR, RECORD)
    row = page.get_by_role("row", name=re.compile("Atelys-1"))
    expect(row).to_be_visible()
    row.evaluate(f"element => ({DROP})([element, {list(pdf.read_bytes())}, 'dropped.pdf'])")
    link = page.get_by_title("View the PDF of Atelys-1")
    expect(link).to_be_visible()
    page.get_by_role("button", name="Undo").last.click()
    expect(link).to_have_count(0)


def test_a_refusal_is_clear_and_nothing_is_attached(page_as: PageAs, tmp_path: Path) -> None:
    page = page_as(Role.COLLECTOR, INVOICES)
    wrong = tmp_path / "letter.txt"
    wrong.write_text("hello")
    shown = attach(page, "Lorvane-1", wrong)
    expect(shown.get_by_role("alert")).to_contain_text("This is not a PDF.")
    expect(shown.get_by_text("No PDF yet")).to_be_visible()


def test_sales_open_their_customers_pdf_and_change_nothing(page_as: PageAs, pdf: Path) -> None:
    page = page_as(Role.COLLECTOR, INVOICES)
    attach(page, "Aldric-1", pdf)
    expect(page.get_by_title("View the PDF of Aldric-1")).to_be_visible()
    sales = page_as(Role.SALES, f"{routes.SALES}/?company=DOC&customer=DOC%2FAldric")
    link = sales.get_by_title("View the PDF of Aldric-1").first
    expect(link).to_be_visible()
    assert sales.request.get(str(link.get_attribute("href"))).status == 200
    expect(sales.get_by_role("button", name=re.compile("Documents of"))).to_have_count(0)


def test_it_fits_a_phone(page_as: PageAs) -> None:
    page = page_as(Role.COLLECTOR, INVOICES, width=390, height=844)
    page.get_by_role("button", name="Attach a PDF to Trevignan-1").click()
    expect(dialog(page, "Trevignan-1")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
