"""Several companies and currencies in a real browser: one choice in the top bar, one figure everywhere, and groups."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.db.tables import CompanyRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.services.groups import assign_groups
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from tests.builders import a_customer, an_invoice
from tests.commands import run
from tests.e2e.conftest import PageAs, Server
from tests.e2e.ledger import EMAILS
from tests.published import rates_file

Check = Callable[[Page], None]
START = 20_000  # milliseconds: a server's first page


@pytest.fixture(scope="module")
def day(server: Server) -> date:
    """Today, with rates of the day and a group that owes euros and pounds."""
    today = clock.today(get_settings().zone)
    rates_file(server.home / "rates", today, 500, GBP="0.83579", USD="1.1173")
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        british = session.exec(select(CompanyRow).where(CompanyRow.code == "UK")).one()
        owners = {"collector_email": EMAILS[Role.COLLECTOR], "sales_email": EMAILS[Role.SALES]}
        head = a_customer(session, british, "HEAD", name="Yarrowby Group PLC", **owners)
        below = a_customer(
            session, british, "BELOW", name="Yarrowby Ireland", parent_code="HEAD", currency="EUR", **owners
        )
        an_invoice(session, head, "G-1", 1_234_567, today - timedelta(days=70), today - timedelta(days=40))
        an_invoice(session, below, "E-1", 765_433, today - timedelta(days=40), today + timedelta(days=20))
        session.flush()
        assign_groups(session, british.id)
    engine.dispose()
    return today


def told(server: Server, *options: str) -> dict[str, object]:
    settings = {"AR_DATABASE_URL": server.database_url, "AR_HOME": server.home}
    return dict(json.loads(run("kpi", "--json", *options, cwd=server.home, **settings).stdout))


@pytest.fixture
def screen(page_as: PageAs, day: date) -> Page:
    """The executive's screen as it opens, over companies in euros and pounds."""
    assert day
    page = page_as(Role.EXECUTIVE, "/executive/")
    expect(figure(page, "Receivables")).to_be_visible(timeout=START)
    return page


def figure(page: Page, label: str) -> Locator:
    return page.locator(".kpi", has=page.get_by_text(label, exact=True))


def minor(amount: object) -> int:
    return int(Decimal(str(amount)) * 100)


def choose(page: Page, word: str) -> None:
    page.get_by_role("combobox", name="Currency").click()
    page.get_by_role("option", name=word, exact=True).click()


def test_several_currencies_open_as_one_with_the_day_of_the_rates(
    screen: Page, server: Server, day: date, check_accessibility: Check
) -> None:
    expected = told(server, "--consolidate", "EUR")
    expect(screen.get_by_role("combobox", name="Currency")).to_have_text("Consolidated in EUR")
    expect(figure(screen, "Receivables")).to_contain_text(rows.money(minor(expected["receivables"]), "EUR", "en"))
    expect(figure(screen, "Overdue")).to_contain_text(rows.money(minor(expected["overdue"]), "EUR", "en"))
    expect(figure(screen, "DSO, count-back")).to_contain_text(f"{expected['dso_countback']:.1f}")
    expect(screen.locator(".rates")).to_have_text(f"ECB rates of {rows.day(day, 'en')}.")
    check_accessibility(screen)


def test_the_menu_switches_and_the_address_keeps_the_choice(
    screen: Page, server: Server, check_accessibility: Check
) -> None:
    choose(screen, "GBP")
    expect(screen).to_have_url(re.compile(r"currency=GBP"))
    pounds = told(server, "--currency", "GBP")["receivables"]
    expect(figure(screen, "Receivables")).to_contain_text(rows.money(minor(pounds), "GBP", "en"))
    expect(screen.locator(".rates")).to_have_count(0)
    choose(screen, "Consolidated in USD")
    expect(screen).to_have_url(re.compile(r"consolidate=USD"))
    dollars = rows.money(minor(told(server, "--consolidate", "USD")["receivables"]), "USD", "en")
    expect(figure(screen, "Receivables")).to_contain_text(dollars)
    screen.reload()
    expect(figure(screen, "Receivables")).to_contain_text(dollars)
    check_accessibility(screen)


def test_companies_stand_side_by_side_and_add_up(screen: Page, server: Server) -> None:
    screen.get_by_role("tab", name="Companies").click()
    table = screen.locator(".team table")
    expect(table).to_contain_text("In EUR")
    whole = rows.amount(minor(told(server, "--consolidate", "EUR")["receivables"]), "EUR", "en")
    expect(table.locator("tfoot")).to_contain_text(whole)


def test_a_figure_leads_to_documents_of_all_currencies_that_sum_to_it(
    screen: Page, server: Server, check_accessibility: Check
) -> None:
    expected = rows.money_cents(minor(told(server, "--consolidate", "EUR")["overdue"]), "EUR", "en")
    figure(screen, "Overdue").click()
    expect(screen.locator(".pg")).to_contain_text(f"open {expected}")
    expect(screen.locator(".parts")).to_contain_text("£12,345.67")
    expect(screen.locator(".parts")).to_contain_text("1 GBP = 1.19647 EUR")
    check_accessibility(screen)


def test_customers_are_gathered_by_group_and_a_group_shows_its_members(
    page_as: PageAs, day: date, check_accessibility: Check
) -> None:
    assert day
    page = page_as(Role.EXECUTIVE, "/customers/?company=UK&consolidate=EUR")
    page.get_by_role("tab", name="Groups").click()
    expect(page).to_have_url(re.compile("by=group"))
    row = page.locator("tr", has_text="Yarrowby Group PLC")
    expect(row).to_contain_text("2 customers")
    expect(row).to_contain_text(rows.money_cents(round(1_234_567 / 0.83579) + 765_433, "EUR", "en"))
    check_accessibility(page)
    row.get_by_role("link").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator(".chip")).to_contain_text("Group HEAD")


@pytest.mark.parametrize("width", [1440, 390])
def test_sales_sees_what_the_group_owes(page_as: PageAs, day: date, check_accessibility: Check, width: int) -> None:
    assert day
    page = page_as(Role.SALES, "/sales/?company=UK&customer=UK/BELOW", width=width)
    group = page.locator(".group-line")
    expect(group).to_contain_text("Group Yarrowby Group PLC", timeout=START)
    expect(group).to_contain_text("Owes €22,426, overdue €14,771.")
    check_accessibility(page)
    group.get_by_role("link").click()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_exports_carry_what_was_converted_at_which_rate(screen: Page, day: date) -> None:
    answer = screen.request.get("/download/invoices.csv?consolidate=EUR&show=open")
    lines = list(csv.DictReader(io.StringIO(answer.text().removeprefix("\ufeff"))))
    pounds = next(line for line in lines if line["Number"] == "G-1")
    assert (pounds["Currency"], pounds["Open"], pounds["Rate"]) == ("GBP", "12345.67", "1.19647")
    assert (pounds["Rate of"], pounds["Open EUR"]) == (str(day), "14771.26")
    euros = next(line for line in lines if line["Number"] == "E-1")
    assert (euros["Currency"], euros["Open EUR"], euros["Rate of"]) == ("EUR", "7654.33", "")
    book = load_workbook(io.BytesIO(screen.request.get("/download/executive.xlsx?consolidate=EUR").body()))
    assert [cell.value for cell in book["Rates"][2]][:3] == ["GBP", "EUR", pytest.approx(1.19647)]
    assert "Companies" in book.sheetnames


def test_a_currency_without_rate_is_a_dash_with_its_reason(page_as: PageAs, server: Server, day: date) -> None:
    path = server.home / "rates" / "eurofxref-hist.csv"
    before = path.read_text()
    rates_file(path.parent, day, 500, USD="1.1173")
    try:
        page = page_as(Role.EXECUTIVE, f"/executive/?consolidate=USD&as_of={day - timedelta(days=1)}")
        expect(figure(page, "Receivables")).to_contain_text("No GBP rate", timeout=START)
        expect(page.get_by_role("status").filter(has_text="GBP has no rate")).to_be_visible()
    finally:
        path.write_text(before)
