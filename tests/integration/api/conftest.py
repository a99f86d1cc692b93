"""The API as programs meet it: the whole stack in process, on a fresh database of either kind, with tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from ar_cockpit.api.app import around_the_screens
from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import transaction
from ar_cockpit.domain.access import Actor, TokenScope
from ar_cockpit.services import clock
from ar_cockpit.services.programs import tokens
from ar_cockpit.services.programs.tokens import TokenOrder
from ar_cockpit.settings import get_settings
from tests.builders import a_company

OPERATOR = Actor.local_operator()
MakeToken = Callable[..., str]
Caller = Callable[..., TestClient]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    """Our routes with the layers around them; what they serve is the database of each test."""
    app, headers = around_the_screens(tmp_path_factory.mktemp("no_screens"), ["https://cockpit.example"])
    return headers(app)  # type: ignore[no-any-return,arg-type]  # the outermost layer is a function of the one beneath


@pytest.fixture
def server(stack: ASGIApp, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ASGIApp]:
    """The web application with two companies, as a server of this database would run it."""
    monkeypatch.setenv("AR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AR_DATABASE_URL", database_url)
    monkeypatch.setenv("AR_DEFAULT_COMPANY", "ALFA")
    _forget()
    with transaction() as session:
        a_company(session, "ALFA")
        a_company(session, "BETA")
    yield stack
    db_session.engine().dispose()
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    db_session.engine.cache_clear()


@pytest.fixture
def make_token(server: ASGIApp) -> MakeToken:
    """Return a function that makes a token of these scopes (all by default) and companies."""
    assert server
    made: list[str] = []

    def make(*scopes: TokenScope, companies: Sequence[str] = (), name: str = "") -> str:
        made.append(name or f"program-{len(made)}")
        with transaction() as session:
            order = TokenOrder(made[-1], scopes or tuple(TokenScope), companies)
            return tokens.add(session, OPERATOR, order, at=clock.now())

    return make


@pytest.fixture
def caller(server: ASGIApp, make_token: MakeToken) -> Caller:
    """Return a function that gives a client with a token of its own."""

    def call(*scopes: TokenScope, companies: Sequence[str] = (), token: str = "", name: str = "") -> TestClient:
        key = token or make_token(*scopes, companies=companies, name=name)
        headers = {"Authorization": f"Bearer {key}"}
        return TestClient(server, "https://cockpit.example/api/v1", raise_server_exceptions=False, headers=headers)

    return call


@pytest.fixture
def client(caller: Caller) -> TestClient:
    """A client that may do everything."""
    return caller(name="erp")
