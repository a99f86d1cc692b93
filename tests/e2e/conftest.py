"""Browser journeys on the compiled screens: for each file a server and a demo ledger of its own, and Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from tests.e2e import browser as found_browser
from tests.e2e.cockpit_ledger import add_company
from tests.e2e.ledger import EMAILS, fill

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
START_SECONDS = 120  # a machine that does other things too is slow, not wrong
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"]
# axe's own words; moderate and minor findings are left to the eye.
GRAVE = {"serious", "critical"}

SETTLED = """() => Promise.all(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null)))"""

# A machine that does other things too is slow, not wrong.
expect.set_options(timeout=15_000)

PageAs = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here as a browser test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True)
class Server:
    """The running product."""

    origin: str
    home: Path
    database_url: str


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The screens, compiled first if a source changed.

    A copy: a build for another run in this checkout must not pull them away from under this one.
    """
    subprocess.run([sys.executable, "-m", "ar_cockpit.web_build"], cwd=PROJECT, check=True)
    return Path(shutil.copytree(PROJECT / "ar_cockpit" / "_web", tmp_path_factory.mktemp("screens") / "web"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, web: Path) -> Iterator[Server]:
    """Serve a small ledger on a free port."""
    home = tmp_path_factory.mktemp("home")
    environment = clean_environment() | {"AR_HOME": str(home)}
    shutil.copy(sqlite_template, home / "ar_cockpit.db")
    fill(home)
    port = free_port()
    log = (home / "server.log").open("w")
    command = [sys.executable, "-m", "ar_cockpit.serve", "--port", str(port), "--web", str(web)]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    origin = f"http://localhost:{port}"
    try:
        wait_until_up(origin, process, home / "server.log")
        yield Server(origin, home, f"sqlite:///{home / 'ar_cockpit.db'}")
    finally:
        process.terminate()
        process.wait(10)
        log.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, one for a file; without any the run stops with one line.

    Not one for the whole run: while Playwright is open it keeps an event loop, in which tests of other files that
    await something could not run.
    """
    path = found_browser.installed()
    if not path:
        pytest.exit("No Chromium or Chrome is installed: run 'make browser'.", returncode=2)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def new_context(chromium: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Open browser contexts (people at their own machines) whose console errors fail the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        def heard(message: ConsoleMessage) -> None:
            # A browser that a test takes off the line says so at each try.
            if message.type == "error" and "ERR_INTERNET_DISCONNECTED" not in message.text:
                complaints.append(f"{page.url}: {message.text}")

        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))

    def make(**options: object) -> BrowserContext:
        context = chromium.new_context(
            base_url=server.origin, **({"viewport": {"width": 1440, "height": 900}} | options)
        )
        context.on("page", listen)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def new_page(new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Open a page of somebody else's browser; takes what a Playwright context takes."""
    return lambda **options: new_context(**options).new_page()


@pytest.fixture
def stranger(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of somebody who is not signed in."""
    return new_context().new_page()


@pytest.fixture
def page_as(new_context: Callable[..., BrowserContext], server: Server) -> PageAs:
    """Return a function that opens a page signed in as a role: ``page_as(Role.SALES, "/sales/", width=390)``.

    The form is posted without its page: one that still loads would pull the browser back from where the test goes.
    """

    def sign_in(
        role: Role, address: str = routes.HOME, *, width: int = 1440, height: int = 900, dark: bool = False
    ) -> Page:
        scheme = "dark" if dark else "light"
        context = new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        form = {"email": EMAILS[role], "password": DEMO_PASSWORD, "next": address}
        answer = context.request.post(
            routes.POST_SIGN_IN, form=form, headers={"Origin": server.origin}, max_redirects=0
        )
        assert answer.status == 303, answer.text()
        page = context.new_page()
        page.goto(address)
        return page

    return sign_in


@pytest.fixture
def company(server: Server, request: pytest.FixtureRequest) -> str:
    """A company of this test's own: five customers, a broken promise, a dispute."""
    code = f"T{crc32(request.node.name.encode())}"
    add_company(server.database_url, code)
    return code


@pytest.fixture
def day(page_as: PageAs, company: str) -> Page:
    """The collector's screen on that company."""
    page = page_as(Role.COLLECTOR, f"/collector/?company={company}")
    expect(page.locator("a.tk").first).to_be_visible()
    return page


@pytest.fixture(scope="session")
def check_accessibility() -> Callable[[Page], None]:
    """Return a function that fails on axe-core's serious and critical findings on a page as it stands."""
    axe = Axe()

    def check(page: Page) -> None:
        # Colours of what is still fading in are no colours of the design.
        page.evaluate(SETTLED)
        found = axe.run(page)
        grave = [
            f"{finding['id']}: {finding['help']}\n  " + "\n  ".join(node["html"][:200] for node in finding["nodes"])
            for finding in found.response["violations"]
            if finding["impact"] in GRAVE
        ]
        assert grave == []

    return check


def wait_for_shell(page: Page) -> None:
    """Wait until the page knows who is signed in."""
    expect(page.locator(".av")).not_to_be_empty()


def free_port() -> int:
    """Return a port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """Return the environment without anybody's settings of the product."""
    return {key: value for key, value in os.environ.items() if not key.startswith("AR_")}


def wait_until_up(origin: str, process: subprocess.Popen[bytes], log: Path, seconds: int = START_SECONDS) -> None:
    """Return once the server answers; stop the run with its log when it does not."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and process.poll() is None:
        try:
            with urlopen(origin + routes.HEALTH, timeout=seconds):  # noqa: S310 (our own server)
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.exit(f"The server did not start:\n{log.read_text()}", returncode=2)
