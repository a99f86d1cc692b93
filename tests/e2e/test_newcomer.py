"""A newcomer types one command, opens the address it prints, and finds a cockpit for each role of the demo."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ar_cockpit import routes
from tests.e2e.conftest import PROJECT, START_SECONDS, Server, clean_environment, free_port, wait_until_up

DEMO_SECONDS = 60
FORECAST_SECONDS = 90  # the first look at the cash to come fits the model
COCKPITS = [
    pytest.param("Manager", routes.EXECUTIVE, id="manager"),
    pytest.param("Collector", routes.COLLECTOR, id="collector"),
    pytest.param("Salesperson", routes.SALES, id="salesperson"),
    pytest.param("Credit manager", routes.EXECUTIVE, id="credit manager"),
    pytest.param("Administrator", routes.IMPORTS, id="administrator"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, web: Path) -> Iterator[Server]:
    """The whole product in an empty home; ended as Ctrl-C does."""
    assert web.is_dir()  # it finds them by itself
    home = tmp_path_factory.mktemp("newcomer")
    port = free_port()
    command = [sys.executable, "-m", "ar_cockpit.cli", "up", "--port", str(port)]
    with (home / "up.log").open("w") as log:
        environment = clean_environment() | {"AR_HOME": str(home)}
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        origin = f"http://localhost:{port}"
        wait_until_up(origin, process, home / "up.log", DEMO_SECONDS + START_SECONDS)
        yield Server(origin, home, f"sqlite:///{home / 'ar_cockpit.db'}")
        process.send_signal(signal.SIGINT)
        assert process.wait(START_SECONDS) == 0


@pytest.mark.parametrize(("role", "cockpit"), COCKPITS)
def test_each_role_enters_with_one_click_and_every_screen_it_is_led_to_opens(
    new_page: Callable[..., Page], check_accessibility: Callable[[Page], None], role: str, cockpit: str
) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_role("button", name=re.compile(f"^{role}")).click()
    expect(page).to_have_url(re.compile(cockpit))
    _expect_open(page)
    check_accessibility(page)
    seen, left = {cockpit}, sorted(_led_to(page) - {cockpit})
    assert left
    while left:
        path = left.pop()
        page.goto(f"{path}/")
        _expect_open(page)
        seen.add(path)
        left += sorted(_led_to(page) - seen - set(left))


def _expect_open(page: Page) -> None:
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=FORECAST_SECONDS * 1000)
    assert (page.url, "".join(page.get_by_role("alert").all_inner_texts())) == (page.url, "")


def _led_to(page: Page) -> set[str]:
    """Return the screens that the rail and the tabs of a page lead to, without what they carry along."""
    led = page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return {path for href in led if href and (path := href.split("?")[0].rstrip("/"))}


def test_the_screens_need_no_other_address_than_the_one_printed(chromium: Browser, server: Server) -> None:
    page = chromium.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    page.goto(f"{server.origin}{routes.SIGN_IN}/")
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    page.close()
    assert asked == {server.origin}
