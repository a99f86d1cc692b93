"""Every report, and the pages of changes, reported figures, targets and alerts: both themes, French, and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.i18n import say
from ar_cockpit.services import clock
from ar_cockpit.services.figures import alerts, snapshots, targets
from ar_cockpit.settings import get_settings
from tests.e2e.conftest import PageAs, Server
from tests.e2e.trade import add_company

Check = Callable[[Page], None]
CASH = 60_000  # milliseconds
A4 = 1046  # pixels of an A4 page across, less its margins
PAGES = [f"reports/?report={key}&" for key in SHIPPED] + ["changes/?", "reported/?", "targets/?"]
PLAIN = "getComputedStyle(document.body).getPropertyValue('--surface').trim().toLowerCase()"
# What stands beyond the right edge of the paper is cut off.
CUT_OFF = """() => [...document.querySelectorAll('.content table')].filter(
  (one) => one.offsetParent && one.getBoundingClientRect().right > window.innerWidth + 1).length"""


@pytest.fixture(scope="module")
def company(server: Server) -> str:
    """A company of these tests' own, its figures frozen, a limit of it crossed."""
    today, operator = clock.today(get_settings().zone), Actor.local_operator()
    add_company(server.database_url, "PAPER", today)
    engine = make_engine(server.database_url)
    with transaction(engine) as session:
        snapshots.take(session, operator, today, at=clock.now())
        targets.set_goals(session, operator, "PAPER", {}, {"overdue_share": 1.0}, at=clock.now())
        alerts.watch(session, operator, today, at=clock.now())
    engine.dispose()
    return "PAPER"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.strip("?&").rpartition("=")[2].strip("/"))
def test_every_page_can_be_used_in_both_themes_read_in_french_and_printed(
    page_as: PageAs, company: str, check_accessibility: Check, path: str
) -> None:
    page = page_as(Role.CREDIT_MANAGER, f"/executive/{path}company={company}")
    expect(page.locator(".bone")).to_have_count(0, timeout=CASH)
    check_accessibility(page)
    page.emulate_media(color_scheme="dark")
    check_accessibility(page)
    speak(page, "Français")
    key = path.partition("report=")[2].strip("&")
    if key:
        expect(page.locator(".report-main h2").first).to_have_text(say("fr", f"reports.name.{key}"))
    page.set_viewport_size({"width": A4, "height": 740})
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".top")).to_contain_text(f"Velmora {company}")
    assert page.evaluate(PLAIN) in {"#fff", "#ffffff"}
    assert page.evaluate(CUT_OFF) == 0
    page.emulate_media(media="screen")
    speak(page, "English")  # a person's language is kept: the next test's is not French


def speak(page: Page, language: str) -> None:
    page.locator(".top").get_by_role("combobox", name=re.compile("Language|Langue")).click()
    page.get_by_role("option", name=language).click()
    code = "fr" if language == "Français" else "en"
    expect(page.locator(f"div[lang='{code}']").first).to_be_attached()
