"""The frame around every screen: rail, search, what the figures are of, language, theme, a phone's width."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from tests.e2e.conftest import PageAs, wait_for_shell

PHONE = 390


@pytest.fixture
def page(page_as: PageAs) -> Page:
    """The credit manager, who may open most screens, at the customers."""
    opened = page_as(Role.CREDIT_MANAGER, routes.CUSTOMERS + "/")
    wait_for_shell(opened)
    return opened


def choose(page: Page, menu: str, option: str) -> None:
    page.get_by_role("combobox", name=menu).click()
    page.get_by_role("option", name=option).click()


def test_the_rail_leads_to_every_screen_of_the_role_and_marks_the_present_one(page: Page) -> None:
    rail = page.get_by_role("navigation", name="Main navigation")
    expect(rail.get_by_role("link", name="Customers")).to_have_attribute("aria-current", "page")
    rail.get_by_role("link", name="Executive").click()
    expect(page).to_have_url(re.compile(routes.EXECUTIVE))
    expect(rail.get_by_role("link", name="Executive")).to_have_attribute("aria-current", "page")


def test_a_chosen_company_stands_in_the_address_survives_reload_and_back(page: Page) -> None:
    choose(page, "Company", "Velmora UK")
    expect(page).to_have_url(re.compile(r"company=UK"))
    page.reload()
    expect(page.get_by_role("combobox", name="Company")).to_have_text("Velmora UK")
    page.go_back()
    expect(page.get_by_role("combobox", name="Company")).to_have_text("All companies")


def test_the_choice_follows_to_the_next_screen(page: Page) -> None:
    choose(page, "Company", "Velmora UK")
    expect(page).to_have_url(re.compile(r"company=UK"))
    page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Executive").click()
    expect(page).to_have_url(re.compile(routes.EXECUTIVE + r"/\?company=UK"))


def test_a_past_day_puts_a_banner_over_every_figure(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^As of")).click()
    page.get_by_label("Show the figures of another day").last.fill("2026-10-31")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Every figure is as of Sat 31 Oct 2026.")).to_be_visible()
    page.get_by_role("button", name="Back to today").click()
    expect(page.get_by_text("Every figure is as of")).not_to_be_visible()


def test_a_slash_finds_a_customer_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.get_by_placeholder("Search customer, invoice, contact")).to_be_focused()
    page.keyboard.type("atel")
    first = page.locator(".hits a").first
    expect(first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"{routes.CUSTOMER_PARAM}="))
    expect(page.locator(".hits")).not_to_be_visible()


def test_the_language_changes_at_once_and_stays(page: Page) -> None:
    choose(page, "Language", "Français")
    expect(page.get_by_placeholder("Chercher client, facture, contact")).to_be_visible()
    page.reload()
    expect(page.get_by_placeholder("Chercher client, facture, contact")).to_be_visible()
    choose(page, "Langue", "English")
    expect(page.get_by_placeholder("Search customer, invoice, contact")).to_be_visible()


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.get_by_role("button", name="Use the dark theme").click()
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    page.reload()
    expect(page.locator("html")).to_have_class(re.compile("dark"))


def test_a_screen_beyond_the_role_says_so_and_shows_nothing(page_as: PageAs) -> None:
    page = page_as(Role.ADMIN, routes.EXECUTIVE + "/")
    wait_for_shell(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You do not have the right to do this.")
    expect(page.locator(".kpi")).to_have_count(0)


def test_a_phone_shows_the_screens_at_the_bottom_and_nothing_sticks_out(page_as: PageAs) -> None:
    page = page_as(Role.CREDIT_MANAGER, routes.CUSTOMERS + "/", width=PHONE, height=844)
    wait_for_shell(page)
    expect(page.get_by_role("navigation", name="Screens").get_by_role("link", name="Customers")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE
    page.locator(".av").click()
    expect(page.get_by_role("combobox", name="Language")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_shell_and_its_menus_are_accessible(
    page_as: PageAs, check_accessibility: Callable[[Page], None], dark: bool
) -> None:
    page = page_as(Role.CREDIT_MANAGER, routes.CUSTOMERS + "/?as_of=2026-10-31", dark=dark)
    wait_for_shell(page)
    check_accessibility(page)
    page.locator(".av").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    check_accessibility(page)
