"""Signing in and out in a real browser: a native form, a cookie out of reach of scripts, no way round it."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from tests.e2e.conftest import PageAs, Server, wait_for_shell
from tests.e2e.ledger import EMAILS


def fill_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_wrong_password_is_said_at_the_field_and_the_address_is_kept(stranger: Page) -> None:
    stranger.goto(routes.SIGN_IN + "/")
    fill_in(stranger, EMAILS[Role.SALES], "not the password")
    expect(stranger.get_by_role("alert")).to_have_text("E-mail or password is not right.")
    expect(stranger.get_by_label("E-mail")).to_have_value(EMAILS[Role.SALES])
    expect(stranger.get_by_label("Password")).to_have_attribute("aria-invalid", "true")


def test_a_bookmarked_screen_is_reached_after_signing_in(stranger: Page) -> None:
    stranger.goto(f"{routes.CUSTOMERS}/?company=FR")
    expect(stranger).to_have_url(re.compile(r"/sign-in/\?next="))
    fill_in(stranger, EMAILS[Role.CREDIT_MANAGER], DEMO_PASSWORD)
    expect(stranger).to_have_url(re.compile(r"/customers/?\?company=FR$"))


@pytest.mark.parametrize(
    ("bookmark", "reached"),
    [("/customers/?company=FR", "/customers/?company=FR"), ("https://evil.example/", "/")],
    ids=["a bookmark", "another site"],
)
def test_a_form_sent_before_the_page_came_to_life_leads_where_its_address_says(
    stranger: Page, server: Server, bookmark: str, reached: str
) -> None:
    headers = {"Origin": server.origin, "Referer": f"{server.origin}/sign-in/?{urlencode({'next': bookmark})}"}
    form = {"email": EMAILS[Role.CREDIT_MANAGER], "password": DEMO_PASSWORD, "next": routes.HOME}
    answer = stranger.context.request.post(routes.POST_SIGN_IN, form=form, headers=headers, max_redirects=0)
    assert answer.headers["location"] == reached


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(stranger: Page, server: Server, target: str) -> None:
    stranger.goto(f"{routes.SIGN_IN}/?next={target}")
    fill_in(stranger, EMAILS[Role.ADMIN], DEMO_PASSWORD)
    expect(stranger).not_to_have_url(re.compile("sign-in"))
    assert stranger.url.startswith(server.origin)


def test_the_cookie_is_out_of_reach_of_scripts(page_as: PageAs) -> None:
    page = page_as(Role.SALES, routes.CUSTOMERS + "/")
    wait_for_shell(page)
    (cookie,) = [held for held in page.context.cookies() if held["name"] == routes.SESSION_COOKIE]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert routes.SESSION_COOKIE not in str(page.evaluate("document.cookie"))


def test_signing_out_in_one_window_ends_the_other_at_its_next_step(page_as: PageAs) -> None:
    here = page_as(Role.SALES, routes.CUSTOMERS + "/")
    wait_for_shell(here)
    there = here.context.new_page()
    there.goto(routes.INVOICES + "/")
    wait_for_shell(there)
    here.locator(".av").click()
    here.get_by_role("button", name="Sign out").click()
    expect(here).to_have_url(re.compile(r"/sign-in/$"))
    there.get_by_placeholder("Search customer, invoice, contact").fill("Atelys")
    expect(there).to_have_url(re.compile("/sign-in"))


def test_a_demo_account_is_entered_with_one_click(stranger: Page) -> None:
    stranger.goto(routes.SIGN_IN + "/")
    stranger.get_by_role("button", name=re.compile("^Collector")).click()
    expect(stranger).to_have_url(re.compile(routes.COLLECTOR))


def test_the_form_speaks_french_to_who_asks_for_it(stranger: Page) -> None:
    stranger.goto(routes.SIGN_IN + "/")
    stranger.get_by_role("button", name="Français").click()
    expect(stranger.get_by_role("button", name="Se connecter")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_accessible(
    new_page: Callable[..., Page], check_accessibility: Callable[[Page], None], dark: bool
) -> None:
    page = new_page(color_scheme="dark" if dark else "light")
    page.goto(f"{routes.SIGN_IN}/?reason=wrong")
    expect(page.get_by_text("E-mail or password is not right.")).to_be_visible()
    check_accessibility(page)
