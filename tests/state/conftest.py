"""State objects as a signed-in tab has them: a real database, a real session row, a cookie in the router data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
import reflex as rx
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST
from reflex.istate.data import RouterData

from ar_cockpit import routes
from ar_cockpit.db import session as db_session
from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import CompanyRow, RoleGrantRow, UserRow
from ar_cockpit.domain.access import Role
from ar_cockpit.services import clock
from ar_cockpit.services.people.sign_in import sign_in
from ar_cockpit.settings import get_settings
from ar_cockpit.state.frame.session import SessionState

PASSWORD = "a long enough password"
DIGEST = PasswordHasher.from_parameters(CHEAPEST).hash(PASSWORD)  # the product's own takes a tenth of a second
AnyState = TypeVar("AnyState", bound=SessionState)
StateOf = Callable[..., Any]


@pytest.fixture
def tab_database_url(sqlite_url: str) -> str:
    """The database behind the tabs; a file whose screens ask much of it takes both, see ``test_lists``."""
    return sqlite_url


@contextmanager
def on_database(url: str, home: Path, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the process-wide engine that of a database, as the environment of a server would."""
    patch.setenv("AR_HOME", str(home))
    patch.setenv("AR_DATABASE_URL", url)
    get_settings.cache_clear()
    db_session.engine.cache_clear()
    yield
    db_session.engine().dispose()
    db_session.engine.cache_clear()
    get_settings.cache_clear()


@pytest.fixture
def own_database(tab_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work on a fresh database."""
    with on_database(tab_database_url, tmp_path / "home", monkeypatch):
        yield


def people() -> None:
    """Store two companies and a user of each role."""
    with transaction() as session:
        session.add(CompanyRow(code="FR", name="Velmora France", currency="EUR", timezone="Europe/Paris"))
        session.add(CompanyRow(code="UK", name="Velmora UK", currency="GBP", timezone="Europe/London"))
        for role in Role:
            user = UserRow(
                email=f"{role}@velmora.example", name=f"Ada {role}", password_hash=DIGEST, created_at=clock.now()
            )
            session.add(user)
            session.flush()
            session.add(RoleGrantRow(user_id=user.id, role=role.value))


def token_of(role: Role) -> str:
    """Sign the user of a role in and return the session's token."""
    with transaction() as session:
        return sign_in(session, f"{role}@velmora.example", PASSWORD, at=clock.now())


@pytest.fixture
def sign_in_as(own_database: None) -> Callable[[Role], str]:
    """Return a function that signs one user of a role in and returns the session's token."""
    assert own_database is None
    people()
    return token_of


@pytest.fixture
def state_of(sign_in_as: Callable[[Role], str]) -> StateOf:
    """Return a function that builds one state of a tab: ``state_of(SalesState, Role.SALES, "/sales/?tab=mine")``.

    A role of ``None`` is a stranger; ``token`` continues an existing session.
    """

    def build(kind: type[AnyState], role: Role | None, address: str = "/executive/", token: str = "") -> AnyState:
        held = token or (sign_in_as(role) if role else "")
        state = rx.State(_reflex_internal_init=True).get_substate(kind.get_full_name().split("."))
        place(state, address, held)
        return state

    return build


def place(state: rx.State, address: str, token: str) -> None:
    """Give ``state`` the address and the cookie its tab would send with the next event."""
    headers = {"cookie": f"{routes.SESSION_COOKIE}={token}" if token else "", "origin": "http://localhost:3000"}
    path = address.partition("?")[0]
    state._get_root_state().router = RouterData.from_router_data(
        {"headers": headers, "pathname": path, "asPath": address, "token": "a-tab", "ip": "127.0.0.1"}
    )
