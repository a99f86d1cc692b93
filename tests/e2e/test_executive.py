"""The executive's screen in a real browser: five seconds to read, each figure a link to its documents."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from tests.commands import run
from tests.e2e.conftest import PageAs, Server
from tests.e2e.trade import add_company

Check = Callable[[Page], None]
CASH, START = 60_000, 20_000  # milliseconds: a server's first page, its first forecast


@pytest.fixture(scope="module")
def company(server: Server) -> str:
    """A company of these tests' own: four customers, a year of trade."""
    add_company(server.database_url, "EXEC", clock.today(get_settings().zone))
    return "EXEC"


@pytest.fixture
def told(server: Server, company: str) -> dict[str, object]:
    """What the command says of that company."""
    settings = {"AR_DATABASE_URL": server.database_url, "AR_HOME": server.home}
    return dict(json.loads(run("kpi", "--company", company, "--json", cwd=server.home, **settings).stdout))


@pytest.fixture
def screen(page_as: PageAs, company: str) -> Page:
    """The executive's screen on that company."""
    page = page_as(Role.EXECUTIVE, f"/executive/?company={company}")
    expect(figure(page, "Receivables")).to_be_visible(timeout=START)
    return page


def figure(page: Page, label: str) -> Locator:
    return page.locator(".kpi", has=page.get_by_text(label, exact=True))


def cents(amount: object) -> str:
    return rows.money_cents(int(Decimal(str(amount)) * 100), "EUR", "en")


def whole(amount: object) -> str:
    return rows.money(int(Decimal(str(amount)) * 100), "EUR", "en")


def test_the_screen_says_what_the_command_says(screen: Page, told: dict[str, object]) -> None:
    expect(figure(screen, "Receivables")).to_contain_text(whole(told["receivables"]))
    expect(figure(screen, "Overdue")).to_contain_text(whole(told["overdue"]))
    expect(figure(screen, "Overdue")).to_contain_text(rows.percent(told["overdue_share"], "en"))
    expect(figure(screen, "DSO, count-back")).to_contain_text(f"{told['dso_countback']:.1f}")
    expect(figure(screen, "DSO, count-back")).to_contain_text(f"Simple {told['dso']:.1f}")
    expect(figure(screen, "DSO, count-back")).to_contain_text(f"best possible {told['best_possible_dso']:.1f}")
    expect(figure(screen, "Avg days delinquent")).to_contain_text(f"{told['add']:.1f}")
    expect(figure(screen, "Collection effectiveness")).to_contain_text(f"{told['cei']:.1f}%")
    for amount in dict(told["ageing"]).values():
        expect(screen.locator("table.lg")).to_contain_text(whole(amount).removeprefix("€"))


def test_the_cash_to_come_arrives_with_its_band_and_its_own_past(screen: Page) -> None:
    cash = figure(screen, "Cash in next 30 days")
    expect(cash).to_contain_text("80% band €", timeout=CASH)
    expect(screen.locator("figcaption", has_text="weeks in the band")).to_be_visible()
    expect(screen.locator(".chart svg")).to_have_count(3)


@pytest.mark.parametrize(("label", "key"), [("Receivables", "receivables"), ("Overdue", "overdue")])
def test_a_figure_leads_to_the_documents_that_sum_to_it(
    screen: Page, told: dict[str, object], label: str, key: str
) -> None:
    figure(screen, label).click()
    expect(screen.get_by_role("heading", level=1)).to_have_text("Invoices")
    expect(screen.locator(".pg")).to_contain_text(f"open {cents(told[key])}")


def test_a_bucket_leads_to_its_documents_and_back_returns(screen: Page, told: dict[str, object]) -> None:
    amount = dict(told["ageing"])["over_120"]
    screen.locator("table.lg").get_by_role("link", name=whole(amount).removeprefix("€")).first.click()
    expect(screen.locator(".pg")).to_contain_text(f"open {cents(amount)}")
    expect(screen).to_have_url(re.compile("bucket=over_120"))
    screen.go_back()
    expect(figure(screen, "Receivables")).to_contain_text(whole(told["receivables"]))


def test_a_chart_is_a_table_too_and_the_address_knows_it(screen: Page) -> None:
    chart = screen.locator("figure", has=screen.get_by_role("heading", name="DSO"))
    chart.get_by_role("button", name="table").click()
    expect(chart.locator("tbody tr")).to_have_count(13)
    screen.reload()
    expect(chart.locator("tbody tr")).to_have_count(13)


def test_a_bar_and_a_point_lead_to_what_they_are_made_of(screen: Page, told: dict[str, object]) -> None:
    chart = screen.locator("figure", has=screen.get_by_role("heading", name="Ageing at month end"))
    # The last day's bars are the last six; their amounts are those of the command.
    chart.locator(".mark-rect path").last.click()
    expect(screen.locator(".pg")).to_contain_text(f"open {cents(dict(told['ageing'])['over_120'])}")
    screen.go_back()
    screen.locator("figure", has=screen.get_by_role("heading", name="DSO")).locator(".mark-symbol path").first.click()
    expect(screen.locator(".asof-bar")).to_be_visible()
    expect(screen).to_have_url(re.compile(r"/executive/\?.*as_of="))


def test_a_week_of_cash_leads_to_what_was_paid_of_which_documents(screen: Page) -> None:
    chart = screen.locator("figure", has=screen.get_by_role("heading", name="Cash by week"))
    expect(chart.locator(".mark-rect path").first).to_be_visible(timeout=CASH)
    chart.locator(".mark-rect path").first.click(force=True)
    expect(screen.locator(".pg")).to_contain_text("paid")
    expect(screen.locator(".chip")).to_contain_text(re.compile("Paid|Payments received"))
    screen.go_back()
    chart.get_by_role("button", name="table").click()
    came = chart.locator("tbody tr").first.get_by_role("link").nth(1)
    amount = came.inner_text()
    came.click()
    expect(screen.locator(".pg")).to_contain_text(" paid")
    listed = re.search(r"€([\d,.]+) paid", screen.locator(".pg").inner_text())
    assert listed
    assert f"{round(Decimal(listed.group(1).replace(',', ''))):,}" == amount


def test_a_chart_is_downloaded_as_it_is(screen: Page) -> None:
    chart = screen.locator("figure", has=screen.get_by_role("heading", name="Ageing at month end"))
    chart.get_by_role("button", name="Download the chart").click()
    for name, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with screen.expect_download() as fetched:
            screen.get_by_role("link", name=name).click()
        assert fetched.value.path().read_bytes().startswith(start)


def test_the_pack_is_made_aside_and_fetched(page_as: PageAs, company: str) -> None:
    page = page_as(Role.EXECUTIVE, f"/executive/reports/?company={company}")
    page.get_by_role("button", name="Make the PDF").click()
    fetch = page.get_by_role("link", name="Fetch the PDF")
    expect(fetch).to_be_visible(timeout=CASH)
    with page.expect_download() as fetched:
        fetch.click()
    assert fetched.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as fetched:
        page.get_by_role("button", name="PDF", exact=True).click()
    assert fetched.value.path().read_bytes().startswith(b"%PDF")


def test_the_customers_that_matter_lead_to_their_record(screen: Page) -> None:
    table = screen.get_by_role("group", name="Customers that matter")
    expect(table.locator("tbody tr").first).to_contain_text("Taldera Envases SL")
    expect(table.locator("tbody tr").first).to_contain_text("High")
    table.get_by_role("link", name="Taldera Envases SL").click()
    expect(screen).to_have_url(re.compile(r"/customers/record/\?.*customer=K2"))


def test_companies_stand_beside_the_collectors(screen: Page) -> None:
    screen.get_by_role("tab", name="Companies").click()
    expect(screen.get_by_role("group", name="Companies")).to_contain_text("Velmora EXEC")
    expect(screen).to_have_url(re.compile("team=companies"))


def test_figures_and_links_are_reached_by_keyboard(screen: Page) -> None:
    figure(screen, "Overdue").focus()
    screen.keyboard.press("Enter")
    expect(screen).to_have_url(re.compile("/invoices/.*show=overdue"))


def test_another_day_is_told_on_every_figure(page_as: PageAs, company: str) -> None:
    page = page_as(Role.EXECUTIVE, f"/executive/?company={company}&as_of=2020-01-31")
    expect(page.get_by_role("heading", name="No figures yet")).to_be_visible()
    expect(page.locator(".asof-bar")).to_contain_text("31 Jan 2020")


@pytest.mark.parametrize(
    ("address", "options"),
    [
        pytest.param("/executive/", {}, id="executive"),
        pytest.param("/executive/", {"dark": True}, id="executive, dark"),
        pytest.param("/executive/", {"width": 390, "height": 844}, id="executive, phone"),
        pytest.param("/invoices/", {}, id="invoices"),
        pytest.param("/invoices/", {"dark": True, "width": 390, "height": 844}, id="invoices, phone, dark"),
        pytest.param("/customers/", {}, id="customers"),
    ],
)
def test_everybody_can_use_it(
    page_as: PageAs, company: str, check_accessibility: Check, address: str, options: dict[str, int]
) -> None:
    page = page_as(Role.EXECUTIVE, f"{address}?company={company}", **options)
    expect(page.locator(".bone")).to_have_count(0, timeout=CASH)
    expect(page.get_by_text("Being computed")).to_have_count(0, timeout=CASH)
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("address", ["/executive/", "/invoices/", "/executive/reports/"])
def test_on_paper_all_of_it_is_there_and_light_without_what_is_pressed(
    page_as: PageAs, company: str, address: str
) -> None:
    page = page_as(Role.EXECUTIVE, f"{address}?company={company}", dark=True)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=CASH)
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator(".top")).to_contain_text(f"Velmora {company}")
    expect(page.locator(".top").get_by_text("As of")).to_be_visible()
    shown = page.evaluate(
        "[document.querySelector('.content').scrollHeight <= document.documentElement.scrollHeight,"
        " getComputedStyle(document.body).getPropertyValue('--surface').trim().toLowerCase()]"
    )
    assert shown in ([True, "#fff"], [True, "#ffffff"])


@pytest.mark.parametrize("width", [1280, 1400, 1440])
def test_the_unit_of_the_cash_is_read_whole_beside_its_legend(page_as: PageAs, company: str, width: int) -> None:
    page = page_as(Role.EXECUTIVE, f"/executive/?company={company}", width=width)
    unit = page.locator("figure", has=page.get_by_role("heading", name="Cash by week")).locator(".ch > .el")
    expect(unit).to_have_text("€ thousand", timeout=CASH)
    assert unit.evaluate("one => one.scrollWidth <= one.clientWidth + 1")


def test_it_speaks_french(page_as: PageAs, company: str) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/executive/?company={company}")
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Français").click()
    try:
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sommes-nous payés")
        expect(figure(page, "Encours clients")).to_contain_text("€")
        expect(page.locator("html")).to_have_attribute("lang", "fr")
    finally:  # the account is everybody's on this server
        page.get_by_role("combobox", name="Langue").click()
        page.get_by_role("option", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_list_is_searched_sorted_and_kept_in_the_address(page_as: PageAs, company: str) -> None:
    page = page_as(Role.EXECUTIVE, f"/invoices/?company={company}")
    page.get_by_role("searchbox", name="Search these").fill("taldera")
    page.keyboard.press("Enter")
    expect(page.locator(".pg")).to_contain_text("documents")
    for order in ("sort=open", "sort=-open"):
        page.get_by_role("button", name="Open EUR").click()
        expect(page).to_have_url(re.compile(order))
    expect(page.locator("tbody tr").first).to_contain_text("Taldera")
    page.reload()
    expect(page.get_by_role("searchbox", name="Search these")).to_have_value("taldera")


def test_an_export_holds_the_list_and_runs_nothing(screen: Page, company: str, told: dict[str, object]) -> None:
    answer = screen.request.get(f"/download/invoices.csv?company={company}&currency=EUR")
    lines = list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))
    assert sum(Decimal(line["Open"]) for line in lines) == Decimal(str(told["receivables"]))
    assert {line["Customer"] for line in lines} >= {"'=Valmont+Cie", "Taldera Envases SL"}
    book = load_workbook(io.BytesIO(screen.request.get(f"/download/executive.xlsx?company={company}").body()))
    assert book["Figures EUR"].max_row == 14
    assert book.sheetnames[4:] == ["Companies side by side", "Where it lies", "Concentration", "Cash by week EUR"]
    assert book.sheetnames[1:4] == ["Customers that matter", "Collectors", "Disputes"]


def test_exports_are_for_those_who_may(page_as: PageAs, stranger: Page, server: Server, company: str) -> None:
    for name in ("invoices.csv", "customers.xlsx", "executive.xlsx", "report.pdf", "chart-ageing.svg", "chart-dso.png"):
        address = f"{server.origin}/download/{name}?company={company}&currency=EUR"
        assert stranger.request.get(address).status == 401
        assert page_as(Role.SALES, "/invoices/").request.get(address).status == 403
