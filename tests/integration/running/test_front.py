"""The web application before it is loaded: the sign-in page is there, everything else waits and is then answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from ar_cockpit.api.headers import SecurityHeaders
from ar_cockpit.front import Front

ORIGIN = "http://localhost"


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    """A folder of compiled screens."""
    for name in ("sign-in/index.html", "executive/index.html", "assets/app.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"the file {name}")
    return tmp_path


class Loading:
    """An application that is loaded when a test says so."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.lives: list[str] = []
        self.has_failed = threading.Event()

    def load(self) -> ASGIApp:
        self.may_end.wait()
        return Starlette(routes=[Route("/{path:path}", self._answer)], lifespan=self._live)

    def fail(self) -> ASGIApp:
        raise RuntimeError("a table is missing")

    async def _answer(self, request: Request) -> Response:
        return PlainTextResponse(f"the application at {request.url.path}")

    @asynccontextmanager
    async def _live(self, _app: Starlette) -> AsyncIterator[None]:
        self.lives.append("begun")
        yield
        self.lives.append("ended")

    def front(self, compiled: Path, load: Callable[[], ASGIApp] | None = None) -> Front:
        headed = partial(SecurityHeaders, policy="default-src 'none'", origins=[ORIGIN])
        return Front(compiled, headed, load or self.load, on_failure=self.has_failed.set)


@asynccontextmanager
async def serving(front: Front) -> AsyncIterator[httpx.AsyncClient]:
    """Do for ``front`` what a server does: begin its life, let it be asked, end its life."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.ensure_future(front({"type": "lifespan"}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(front), base_url=ORIGIN) as client:
        yield client
    await told.put({"type": "lifespan.shutdown"})
    assert (await said.get())["type"] == "lifespan.shutdown.complete"
    await life


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        await asyncio.wait_for(test(), timeout=20)

    asyncio.run(within())


def test_the_sign_in_page_and_what_it_is_made_of_are_there_before_the_application(compiled: Path) -> None:
    loading = Loading()

    async def test() -> None:
        async with serving(loading.front(compiled)) as client:
            page = await client.get("/sign-in/")
            assert page.text == "the file sign-in/index.html"
            assert page.headers["Content-Security-Policy"] == "default-src 'none'"
            assert (await client.get("/assets/app.js")).text == "the file assets/app.js"
            assert loading.lives == []

    run(test)


@pytest.mark.parametrize("path", ["/executive/", "/executive/index.html", "/assets/none.js", "/../secret.txt"])
def test_whatever_needs_the_application_waits_for_it(compiled: Path, path: str) -> None:
    loading = Loading()

    async def test() -> None:
        async with serving(loading.front(compiled)) as client:
            asked = asyncio.ensure_future(client.get(path))
            assert (await client.get("/sign-in/")).status_code == 200
            assert not asked.done()
            loading.may_end.set()
            assert (await asked).text.startswith("the application at /")

    run(test)
    assert loading.lives == ["begun", "ended"]


def test_the_application_answers_everything_once_it_is_there(compiled: Path) -> None:
    loading = Loading()
    loading.may_end.set()

    async def test() -> None:
        async with serving(loading.front(compiled)) as client:
            await client.get("/executive/")
            assert (await client.get("/sign-in/")).text == "the application at /sign-in/"

    run(test)


def test_an_application_that_cannot_be_loaded_ends_the_server(compiled: Path, caplog: pytest.LogCaptureFixture) -> None:
    loading = Loading()

    async def test() -> None:
        async with serving(loading.front(compiled, loading.fail)):
            assert await asyncio.to_thread(loading.has_failed.wait, 10)

    run(test)
    assert "could not be loaded" in caplog.text
