"""The web application from its first moment: the sign-in page answers at once, while the rest still loads behind it.

Loading the screens, their tables and routes takes seconds; the compiled sign-in page is a file. Whoever opens it reads
and types while the application loads. Whatever needs the application (the live socket, a form, every other page) is not
refused meanwhile but answered as soon as it is there.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import stat
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ar_cockpit.api.headers import SecurityHeaders, content_security_policy, script_hashes
from ar_cockpit.processes import HANDLERS_AT_ONCE, SWITCH_SECONDS, end_with_family
from ar_cockpit.routes import SIGN_IN

COMPILED = Path("build") / "client"
FRONT_PAGES = {f"{SIGN_IN}/": f"{SIGN_IN.lstrip('/')}/index.html"}
_PAGE = ".html"
log = logging.getLogger(__name__)


def application() -> ASGIApp:
    """Return the whole web application, still loading; called once, in the serving process."""
    web = Path(os.environ["REFLEX_WEB_WORKDIR"])
    origins = os.environ["REFLEX_CORS_ALLOWED_ORIGINS"].split(",")
    policy = content_security_policy(script_hashes(web), origins)
    end_with_family()  # the server that started this worker
    sys.setswitchinterval(SWITCH_SECONDS)
    headed = partial(SecurityHeaders, policy=policy, origins=origins)
    return Front(web / COMPILED, headed, _load, on_failure=lambda: os._exit(1))


def _load() -> ASGIApp:
    loaded: ASGIApp = importlib.import_module("ar_cockpit.ar_cockpit").application()
    return loaded


class Front:
    """An application that is there before the one it stands for.

    ``load`` makes that one and runs once, in a thread of its own; when it fails the error is logged and
    ``on_failure`` called. ``headed`` wraps what serves the files of the folder ``compiled``.
    """

    def __init__(
        self,
        compiled: Path,
        headed: Callable[[ASGIApp], ASGIApp],
        load: Callable[[], ASGIApp],
        on_failure: Callable[[], None],
    ) -> None:
        self._files = StaticFiles(directory=compiled)
        self._headed_files = headed(self._files)
        self._load = load
        self._on_failure = on_failure
        self._loaded: Future[ASGIApp] = Future()
        self._ready: asyncio.Event | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the application, or from a file while there is none."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif not self._is_ready() and (name := self._ready_made(scope)):
            await self._headed_files({**scope, "path": f"/{name}"}, receive, send)
        else:
            await self._wait()
            await self._loaded.result()(scope, receive, send)

    def _is_ready(self) -> bool:
        return self._ready is not None and self._ready.is_set()

    async def _wait(self) -> None:
        if self._ready is not None:
            await self._ready.wait()

    def _ready_made(self, scope: Scope) -> str | None:
        """Return the name of the compiled file that answers ``scope`` whoever asks, if there is one.

        Pages other than the sign-in page are not: a stranger is led away from them.
        """
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return None
        asked = scope["path"]
        name = FRONT_PAGES.get(asked, asked.lstrip("/"))
        if name.endswith(_PAGE) and asked not in FRONT_PAGES:
            return None
        _, found = self._files.lookup_path(name)
        return name if found and stat.S_ISREG(found.st_mode) else None

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begin at once; then live with the application as its server would, from its loading to its end."""
        self._ready = asyncio.Event()
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(HANDLERS_AT_ONCE, "handler"))
        await receive()
        await send({"type": "lifespan.startup.complete"})
        ended = asyncio.ensure_future(receive())
        threading.Thread(target=self._fill, daemon=True, name="loading").start()
        loaded = asyncio.wrap_future(self._loaded)
        await _first_of(ended, loaded)
        if loaded.done() and not loaded.exception():
            await self._live_as(loaded.result(), scope, ended)
        await ended
        await send({"type": "lifespan.shutdown.complete"})

    async def _live_as(self, app: ASGIApp, scope: Scope, ended: asyncio.Future[Message]) -> None:
        told: asyncio.Queue[Message] = asyncio.Queue()
        said: asyncio.Queue[Message] = asyncio.Queue()
        life = asyncio.ensure_future(app(scope, told.get, said.put))
        await told.put({"type": "lifespan.startup"})
        await self._heard(said, life)
        if self._ready is not None:
            self._ready.set()
        await told.put(await ended)
        await self._heard(said, life)

    async def _heard(self, said: asyncio.Queue[Message], life: asyncio.Future[None]) -> None:
        """Wait for the application's word; one that ends without it, or says that it failed, is a failure."""
        word = asyncio.ensure_future(said.get())
        await _first_of(word, life)
        if not word.done() or word.result()["type"].endswith(".failed"):
            word.cancel()
            log.error("The web application could not start.", exc_info=life.exception() if life.done() else None)
            self._on_failure()

    def _fill(self) -> None:
        try:
            self._loaded.set_result(self._load())
        except BaseException as error:  # a SystemExit of a module too: nobody else hears of it in this thread
            log.exception("The web application could not be loaded.")
            self._loaded.set_exception(error)
            self._on_failure()


async def _first_of(*waited: asyncio.Future[Any]) -> None:
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
