"""What a program without a browser gets from the live socket: an open line, and nothing on it without a right."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from simple_websocket import Client, ConnectionClosed, ConnectionError  # noqa: A004 (the library's own name)

from ar_cockpit import routes
from ar_cockpit.domain.access import Role
from ar_cockpit.services.demo.accounts import DEMO_PASSWORD
from tests.e2e.conftest import Server
from tests.e2e.ledger import EMAILS
from tests.state.handlers import HANDLERS, PUBLIC

SPACE = "/_event"
QUIET_SECONDS = 0.4
SLOW_SECONDS = 10
HANDSHAKE = 2


class Line:
    """Just enough of Engine.IO and Socket.IO to send an event and hear the answers."""

    def __init__(self, socket: Client) -> None:
        self.socket = socket

    def call(self, name: str, payload: dict[str, Any]) -> list[dict[str, Any]]:
        """Send one event and return every update until the line is quiet."""
        self._send(name, payload)
        return list(self.heard(QUIET_SECONDS))

    def call_until_led_away(self, name: str) -> str:
        """Send one event and return what came back, up to the order to go to another page."""
        self._send(name, {})
        came = ""
        for update in self.heard(SLOW_SECONDS):
            came += json.dumps(update)
            if "_redirect" in came:
                break
        return came

    def _send(self, name: str, payload: dict[str, Any]) -> None:
        event = {"name": name, "payload": payload, "router_data": {"pathname": "/executive/", "asPath": "/executive/"}}
        self.socket.send(f"42{SPACE},{json.dumps(['event', event])}")

    def heard(self, patience: float) -> Iterator[dict[str, Any]]:
        """Yield the updates as they come, until none has come for so many seconds."""
        while (message := self.socket.receive(timeout=patience)) is not None:
            if str(message).startswith(f"42{SPACE},"):
                kind, update = json.loads(str(message).removeprefix(f"42{SPACE},"))
                assert kind == "event"
                yield update


@contextmanager
def line(server: Server, *, origin: str = "", token: str = "") -> Iterator[Line]:
    address = f"{server.origin.replace('http', 'ws', 1)}{SPACE}/?EIO=4&transport=websocket&token={uuid.uuid4()}"
    headers = ({"Origin": origin} if origin else {}) | ({"Cookie": f"{routes.SESSION_COOKIE}={token}"} if token else {})
    socket = Client(address, headers=headers)
    try:
        socket.receive(timeout=HANDSHAKE)
        socket.send(f"40{SPACE},")
        socket.receive(timeout=HANDSHAKE)
        yield Line(socket)
    finally:
        socket.close()


def event_name(given: Any) -> str:
    kind, name, _ = given.values
    return f"{kind.get_full_name()}.{name}"


GUARDED = [pytest.param(event_name(given), id=given.id) for given in HANDLERS if given.id not in PUBLIC]


@pytest.fixture(scope="module")
def stranger(server: Server) -> Iterator[Line]:
    """A line without a cookie; nothing of the ledger came late on it either."""
    with line(server) as opened:
        yield opened
        assert "velmora" not in json.dumps(list(opened.heard(QUIET_SECONDS))).lower()


@pytest.mark.parametrize("name", GUARDED)
def test_a_stranger_is_only_led_to_the_sign_in_page(stranger: Line, name: str) -> None:
    answer = stranger.call_until_led_away(name)
    assert "_redirect" in answer
    assert routes.SIGN_IN in answer
    assert "velmora" not in answer.lower()


def test_an_ended_session_gets_nothing_on_a_line_that_is_still_open(server: Server) -> None:
    form = {"email": EMAILS[Role.EXECUTIVE], "password": DEMO_PASSWORD}
    with httpx.Client(base_url=server.origin, headers={"Origin": server.origin}) as browser:
        token = browser.post(routes.POST_SIGN_IN, data=form).cookies[routes.SESSION_COOKIE]
        hydrate = "reflex___state____state.hydrate"
        with line(server, token=token) as opened:
            assert "Velmora France" in json.dumps(opened.call(hydrate, {}))
            browser.cookies.set(routes.SESSION_COOKIE, token)
            browser.post(routes.POST_SIGN_OUT)
            assert "Velmora France" not in json.dumps(opened.call(hydrate, {}))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
def test_a_page_of_another_site_cannot_open_the_line(server: Server, origin: str) -> None:
    with pytest.raises((ConnectionError, ConnectionClosed)), line(server, origin=origin) as opened:
        opened.call("reflex___state____state.hydrate", {})


def test_the_cookie_never_comes_back_on_the_line(server: Server) -> None:
    with line(server, token="not-a-session-but-a-secret") as opened:
        assert "not-a-session-but-a-secret" not in json.dumps(opened.call("reflex___state____state.hydrate", {}))
