"""The pages beside the cockpit in a real browser: what changed, reported figures, targets, reports, parts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services import clock
from ar_cockpit.services.figures import snapshots
from ar_cockpit.settings import get_settings
from tests.e2e.conftest import PageAs, Server
from tests.e2e.trade import add_company

Check = Callable[[Page], None]
START, CASH = 20_000, 60_000  # milliseconds


@pytest.fixture(scope="module")
def company(server: Server) -> str:
    """A company of these tests' own, its figures frozen."""
    today = clock.today(get_settings().zone)
    add_company(server.database_url, "PACK", today)
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        snapshots.take(session, Actor.local_operator(), today, at=clock.now())
    engine.dispose()
    return "PACK"


def test_a_part_of_the_customers_is_chosen_and_its_documents_sum_to_it(page_as: PageAs, company: str) -> None:
    page = page_as(Role.EXECUTIVE, f"/executive/?company={company}")
    expect(page.locator(".kpi").first).to_be_visible(timeout=START)
    page.get_by_role("combobox", name="Country").click()
    page.get_by_role("option", name="France").click()
    expect(page).to_have_url(re.compile("country=FR"))
    expect(page.get_by_text("Only France.")).to_be_visible()
    amount = page.locator(".kpi").first.locator(".kv span").first.inner_text()
    page.locator(".kpi").first.click()
    expect(page.locator(".chip")).to_have_text(re.compile("France"))
    expect(page.locator(".pg")).to_contain_text("open")
    exact = re.search(r"open €([0-9,.]+) of", page.locator(".pg").inner_text())
    assert exact is not None
    assert f"€{round(float(exact[1].replace(',', ''))):,}" == amount


def test_what_changed_leads_to_the_customers_documents(page_as: PageAs, company: str) -> None:
    since = (clock.today(get_settings().zone) - timedelta(days=40)).isoformat()
    page = page_as(Role.EXECUTIVE, f"/executive/changes/?company={company}&since={since}")
    expect(page.locator(".chart svg")).to_have_count(1, timeout=START)
    page.get_by_role("tab", name="DSO, count-back").click()
    expect(page).to_have_url(re.compile("figure=dso_countback"))
    page.get_by_role("link", name="Taldera Envases SL").first.click()
    expect(page).to_have_url(re.compile("/invoices/.*customer=K2"))


def test_a_month_end_is_compared_with_today(page_as: PageAs, company: str) -> None:
    page = page_as(Role.EXECUTIVE, f"/executive/reported/?company={company}")
    page.locator("tbody a.lnk").first.click()
    expect(page.get_by_text("Every open document is as it was reported")).to_be_visible(timeout=START)


def test_targets_are_set_and_undone(page_as: PageAs, company: str) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/executive/targets/?company={company}")
    limit = page.get_by_role("textbox", name="Alert limit: Overdue share")
    expect(limit).to_have_value("", timeout=START)
    limit.fill("12.5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Targets and limits are kept.")).to_be_visible()
    expect(limit).to_have_value("12.5")
    page.get_by_role("button", name="Undo").click()
    expect(limit).to_have_value("")


def test_a_report_is_made_to_measure_and_saved(page_as: PageAs, company: str) -> None:
    page = page_as(Role.EXECUTIVE, f"/executive/reports/?company={company}")
    expect(page.locator(".report-table tbody tr")).to_have_count(4, timeout=START)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Not due").click()
    expect(page).to_have_url(re.compile("cols="))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("textbox", name="Name").fill("My balance")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="My balance")).to_be_visible()
    expect(page).to_have_url(re.compile("report=kept-"))


def test_a_report_is_mailed_from_now_on(page_as: PageAs, company: str, check_accessibility: Check) -> None:
    page = page_as(Role.EXECUTIVE, f"/executive/reports/?company={company}")
    page.locator(".report-main").get_by_role("button", name="Send by mail").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Days").select_option(label="Every Monday")
    dialog.get_by_role("checkbox").first.check()
    check_accessibility(page)
    dialog.get_by_role("button", name="Send from now on").click()
    mailed = page.get_by_role("group", name="Mailed reports")
    expect(mailed).to_contain_text("Every Monday, 07:00")
    mailed.get_by_role("button", name="Send now").press("Enter")  # a notice may lie over it
    expect(page.get_by_role("group", name="Delivery log")).to_contain_text("Being made")


def test_the_cash_to_come_is_asked_what_if(page_as: PageAs, company: str) -> None:
    page = page_as(Role.EXECUTIVE, f"/forecast/cash/?company={company}")
    expect(page.locator(".chart svg")).to_have_count(1, timeout=CASH)
    page.get_by_role("tab", name="By day").click()
    expect(page).to_have_url(re.compile("by=day"))
    page.get_by_role("checkbox", name="Everybody pays a week later").click()
    expect(page).to_have_url(re.compile("later=week"))
    weeks = page.get_by_role("table", name="What if")
    expect(weeks.locator("tbody tr")).to_have_count(14)
    page.get_by_role("button", name="As forecast").click()
    expect(weeks).to_have_count(0)
    page.get_by_role("link", name="What works").click()
    expect(page.get_by_text("Observed, not tried")).to_be_visible()


def test_a_hold_out_is_switched_on_by_keyboard_and_off_again(
    page_as: PageAs, company: str, check_accessibility: Check
) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/forecast/what-works/?company={company}")
    start = page.get_by_role("button", name="Start a hold-out")
    start.focus(timeout=START)
    page.keyboard.press("Enter")
    page.get_by_label("Days later").fill("15")
    page.get_by_label("Share of good payers").fill("20")
    expect(page.get_by_role("dialog")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("Days later").fill("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("of good payers, 20% are reminded 4 days later")).to_be_visible(timeout=START)
    expect(page.get_by_text("Too little yet").first).to_be_visible()
    page.get_by_role("button", name="Stop the hold-out").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Stop the hold-out").click()
    expect(page.get_by_text("Stopped on")).to_be_visible(timeout=START)


@pytest.mark.parametrize(
    ("path", "options"),
    [
        pytest.param("../forecast/cash/", {"dark": True, "width": 390, "height": 844}, id="cash ahead, phone, dark"),
        pytest.param("../forecast/what-works/", {"width": 390, "height": 844}, id="what works, phone"),
        pytest.param("../forecast/", {"width": 390, "height": 844}, id="forecast, phone"),
        pytest.param("changes/", {}, id="changes"),
        pytest.param("reported/", {"dark": True}, id="reported, dark"),
        pytest.param("targets/", {"width": 390, "height": 844}, id="targets, phone"),
        pytest.param("reports/", {"dark": True, "width": 390, "height": 844}, id="reports, phone, dark"),
    ],
)
def test_everybody_can_use_it(
    page_as: PageAs, company: str, check_accessibility: Check, path: str, options: dict[str, int]
) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/executive/{path}?company={company}", **options)
    expect(page.locator(".bone")).to_have_count(0, timeout=CASH)
    check_accessibility(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
