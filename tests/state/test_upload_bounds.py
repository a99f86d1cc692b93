"""Uploads are counted while they come in: too much is refused with a sentence, and nothing of it stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from ar_cockpit import routes
from ar_cockpit.api.guard import actor_of_request
from ar_cockpit.api.imports import router
from ar_cockpit.domain.access import Actor, Role
from ar_cockpit.services.importing import uploads
from ar_cockpit.settings import get_settings
from ar_cockpit.state.imports.screen import ImportsState
from tests.state.conftest import StateOf

BOUNDARY = "b0undary"
HEAD = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'.encode()
END = f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def one_megabyte(own_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an upload have one megabyte."""
    assert own_database is None
    monkeypatch.setenv("AR_UPLOAD_MAX_MB", "1")
    get_settings.cache_clear()


class Sender:
    """Sends a body in pieces and counts how many were taken."""

    def __init__(self, megabytes: int) -> None:
        self.megabytes, self.sent = megabytes, 0

    async def body(self) -> AsyncIterator[bytes]:
        """Yield one file of that size, without ever holding it."""
        yield PART
        for _ in range(self.megabytes):
            self.sent += 1
            yield b"x" * (1 << 20)
        yield END


def post(content: Any, **headers: str) -> httpx.Response:
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides[actor_of_request] = Actor.local_operator

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(f"{routes.UPLOADS}/imports", content=content, headers=HEAD | headers)

    return asyncio.run(send())


def kept() -> list[str]:
    folder = get_settings().home / "uploads"
    return [one.name for one in folder.iterdir()] if folder.is_dir() else []


def test_a_file_within_the_bound_is_kept(one_megabyte: None) -> None:
    assert one_megabyte is None
    answer = post(PART + b"a;b\n" + END)
    assert answer.status_code == 303
    (token,) = kept()
    assert f"upload={token}" in answer.headers["location"]


@pytest.mark.parametrize("megabytes", [2, 64])
def test_too_much_is_refused_while_it_comes_in_whatever_its_head_says(one_megabyte: None, megabytes: int) -> None:
    assert one_megabyte is None
    sender = Sender(megabytes)
    answer = post(sender.body())
    assert (answer.status_code, answer.headers["location"]) == (303, f"{routes.IMPORTS}/?problem=size")
    assert sender.sent == megabytes  # let pass by, so that the browser waits for the answer
    assert kept() == []


def test_too_much_that_says_so_is_not_even_read_into_a_form(one_megabyte: None) -> None:
    assert one_megabyte is None
    answer = post(b"x", **{"content-length": str(2 << 30)})
    assert answer.headers["location"] == f"{routes.IMPORTS}/?problem=size"
    assert kept() == []


def test_a_form_that_breaks_off_is_refused_and_leaves_nothing(one_megabyte: None) -> None:
    assert one_megabyte is None
    answer = post(PART.replace(b"Content-Disposition", b"\x00\x01"))
    assert answer.headers["location"] == f"{routes.IMPORTS}/?problem=files"
    assert kept() == []


def test_the_page_says_how_much_there_may_be(one_megabyte: None, state_of: StateOf) -> None:
    assert one_megabyte is None
    state = state_of(ImportsState, Role.COLLECTOR, "/imports/?problem=size")
    asyncio.run(ImportsState.load.fn(state))
    assert state.problem == "Together the files are larger than 1 MB. Nothing was kept: import them in parts."
    assert "Up to 1 MB together" in state.files_hint


def test_a_disk_that_is_full_leaves_nothing_half_there(one_megabyte: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one_megabyte is None

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads, "_copy", full)
    with pytest.raises(OSError, match="No space left"):
        uploads.keep(get_settings(), Actor.local_operator(), [("a.csv", None)])  # type: ignore[list-item]
    assert kept() == []
