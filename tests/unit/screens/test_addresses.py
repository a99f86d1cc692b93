"""A view is its address: choices are carried along, and sign-in leads nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ar_cockpit import routes
from ar_cockpit.api.pages import is_screen
from ar_cockpit.domain.access import Actor, Grant, Role
from ar_cockpit.serve import allowed_origins
from ar_cockpit.settings import Settings
from ar_cockpit.state.frame.navigation import address, carried, home_for, nav_links, of_figures


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/sales/?customer=C1", "/sales/?customer=C1"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("/sign-in/?next=/", "/"),
        ("/auth/sign-out", "/"),
    ],
)
def test_after_sign_in_one_stays_on_this_site(target: str, leads_to: str) -> None:
    assert routes.safe_target(target) == leads_to


def test_a_figure_leads_to_a_list_of_its_own_scope_for_who_sees_more_customers_than_figures() -> None:
    mixed = Actor(1, "m@x", "M", (Grant(Role.EXECUTIVE, 1), Grant(Role.SALES, 2)))
    plain = Actor(2, "e@x", "E", (Grant(Role.EXECUTIVE, 1),))
    assert of_figures(mixed, "/executive/", routes.INVOICES) == {"of": "figures"}
    assert of_figures(plain, "/executive/", routes.INVOICES) == {}
    assert of_figures(mixed, "/sales/", routes.INVOICES) == of_figures(mixed, "/executive/", "") == {}


def test_company_currency_and_day_follow_to_the_next_screen_and_the_rest_stays() -> None:
    params = {"company": "FR", "as_of": "2026-10-31", "sort": "-due", "currency": ""}
    assert address(routes.SALES, carried(params)) == "/sales/?company=FR&as_of=2026-10-31"


def test_the_rail_shows_what_the_roles_may_open() -> None:
    assert routes.SALES in [link.route for link in nav_links([Role.SALES], {})]
    assert routes.EXECUTIVE not in [link.route for link in nav_links([Role.SALES], {})]
    assert home_for([Role.COLLECTOR]) == routes.COLLECTOR
    assert home_for([Role.EXECUTIVE, Role.SALES]) == routes.EXECUTIVE


def settings(base_url: str) -> Settings:
    defaults = dict.fromkeys(Settings.__dataclass_fields__, "")
    return Settings(**(defaults | {"home": Path(), "base_url": base_url}))  # type: ignore[arg-type] (dull defaults)


@pytest.mark.parametrize(
    ("base_url", "host", "origins"),
    [
        ("https://ar.example/cockpit", "::", ["https://ar.example"]),
        ("", "127.0.0.1", ["http://localhost:3000", "http://127.0.0.1:3000"]),
        ("http://127.0.0.1:3000", "127.0.0.1", ["http://127.0.0.1:3000", "http://localhost:3000"]),
        ("", "10.0.0.5", ["http://localhost:3000", "http://127.0.0.1:3000", "http://10.0.0.5:3000"]),
    ],
)
def test_only_our_own_origins_are_allowed(base_url: str, host: str, origins: list[str]) -> None:
    assert allowed_origins(settings(base_url), host, 3000) == origins


def test_no_screen_but_the_sign_in_page_is_shown_to_strangers() -> None:
    pages = Path(routes.__file__).parent / "pages"
    named = {
        name
        for page in pages.glob("*.py")
        for name in re.findall(r"@rx\.page\(\s*route=routes\.(\w+)", page.read_text())
    }
    assert len(named) > 20
    assert {name for name in named if not is_screen(getattr(routes, name))} == {"SIGN_IN"}
