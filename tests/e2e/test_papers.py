"""Papers on the collector's screen in a real browser: a letter that waits, its address typed, its PDF, attachments."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow, InvoiceRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from tests.builders import a_letter
from tests.e2e.cockpit_ledger import add_company, today
from tests.e2e.conftest import PageAs, Server

COMPANY = "PAPERS"


@pytest.fixture(scope="module")
def _letter(server: Server) -> None:
    """A company of its own, in which a formal notice waits for Quillien SA."""
    add_company(server.database_url, COMPANY)
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        company = session.exec(select(CompanyRow).where(CompanyRow.code == COMPANY)).one()
        of_company = InvoiceRow.company_id == company.id
        invoice = session.exec(select(InvoiceRow).where(InvoiceRow.number == "Quillien-1", of_company)).one()
        a_letter(session, invoice, today(), clock.now())
    engine.dispose()


@pytest.mark.usefixtures("_letter")
def test_a_letter_waits_gets_its_address_and_is_opened(
    page_as: PageAs, check_accessibility: Callable[[Page], None]
) -> None:
    page = page_as(Role.COLLECTOR, f"/collector/?company={COMPANY}&customer=Quillien")
    expect(page.get_by_text("To be printed and sent: Formal notice")).to_be_visible()
    expect(page.get_by_text("No postal address is known.")).to_be_visible()
    page.get_by_role("button", name="Postal address").click()
    page.get_by_label("Postal address").fill("12 rue Haute\n69003 Lyon")
    check_accessibility(page)
    page.get_by_role("button", name="Save the address").click()
    expect(page.get_by_text("No postal address is known.")).to_have_count(0)
    for name in ("Open the letter", "Statement of account"):
        address = page.get_by_role("link", name=name).get_attribute("href")
        assert address
        answer = page.request.get(address)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF-")


@pytest.mark.usefixtures("_letter")
def test_a_mail_of_ones_own_carries_the_statement(page_as: PageAs) -> None:
    page = page_as(Role.COLLECTOR, f"/collector/?company={COMPANY}&customer=Quillien")
    preview = page.frame_locator("iframe.sheet")
    expect(preview.get_by_text("Quillien-1").first).to_be_visible()
    page.get_by_role("checkbox", name="Statement of account").click()
    expect(preview.get_by_text("Enclosed as PDF: the statement of your account.")).to_be_visible()
