"""Any browser may call any event handler: each admits only who is signed in now and holds the right.

The list is made from the classes themselves, so a new handler of any page is tested without being named here.
"""

from __future__ import annotations

import asyncio
import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from reflex.constants.state import FIELD_MARKER
from reflex.event import EventHandler, EventSpec

from ar_cockpit import routes
from ar_cockpit.domain.access import GRANTS, Permission, Role
from ar_cockpit.state.frame.session import SessionState
from tests.state.conftest import StateOf, on_database, people, place, token_of
from tests.state.handlers import HANDLERS, PUBLIC

# What a stranger's own tab may learn from a call: its language, its address, and that it was refused.
HARMLESS = {"language", "t", "params", "today", "notices"}


GUARDED = [given for given in HANDLERS if given.id not in PUBLIC]


def call(handler: EventHandler, on: SessionState) -> Any:
    """Call ``handler`` as the event processor does, with nonsense for its arguments."""
    wanted = list(inspect.signature(handler.fn).parameters)[1:]
    answer = handler.fn(on, **dict.fromkeys(wanted, "nonsense"))
    if inspect.isgenerator(answer):
        return list(answer)
    if inspect.isasyncgen(answer):
        return asyncio.run(_gathered(answer))
    if inspect.iscoroutine(answer):
        return asyncio.run(answer)
    return answer


async def _gathered(events: Any) -> list[Any]:
    return [event async for event in events]


def part(tab: rx.State, kind: type[SessionState]) -> Any:
    return tab.get_substate(kind.get_full_name().split("."))


def visible(tab: rx.State) -> dict[str, str]:
    """Return everything the whole tab would be sent, without what it may know anyway."""
    sent = tab.dict()
    values = {f"{owner}.{name}": repr(value) for owner, held_vars in sent.items() for name, value in held_vars.items()}
    return {
        name: value
        for name, value in values.items()
        if name.rpartition(".")[2].removesuffix(FIELD_MARKER) not in HARMLESS
    }


class Tabs:
    """Tabs of strangers and of people signed in, on one ledger for the file: who is refused changes nothing in it."""

    def __init__(self, tokens: dict[Role, str]) -> None:
        self.tokens = tokens
        self._fresh: dict[Role | None, dict[str, str]] = {}

    def open(self, role: Role | None) -> rx.State:
        """Return all of a new tab as its person has it, before any event of a page."""
        tab = rx.State(_reflex_internal_init=True)
        place(tab, "/executive/", self.tokens[role] if role else "")
        tab.get_substate(SessionState.get_full_name().split("."))._admit((), is_public=True)
        return tab

    def fresh(self, role: Role | None) -> dict[str, str]:
        """Return what is visible in such a tab."""
        if role not in self._fresh:
            self._fresh[role] = visible(self.open(role))
        return self._fresh[role]


@pytest.fixture(scope="module")
def tabs(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tabs]:
    """The tabs, without the sentences of their screens: those are nobody's secret, and most of what a tab is sent."""
    home = tmp_path_factory.mktemp("handlers")
    shutil.copy(sqlite_template, home / "ledger.db")
    with pytest.MonkeyPatch.context() as patch, on_database(f"sqlite:///{home / 'ledger.db'}", home, patch):
        patch.setattr("ar_cockpit.state.frame.session.catalogue", lambda _language: {})
        people()
        yield Tabs({role: token_of(role) for role in Role})


@pytest.mark.parametrize(("kind", "name", "handler"), HANDLERS)
def test_it_says_whom_it_admits(kind: type[SessionState], name: str, handler: EventHandler) -> None:
    admits = getattr(handler.fn, "admits", None)
    assert admits is not None, f"{kind.__name__}.{name} needs @allowed(...) below @rx.event"
    assert (admits == "public") == (f"{kind.__name__}.{name}" in PUBLIC)


@pytest.mark.parametrize(("kind", "name", "handler"), GUARDED)
def test_a_stranger_gets_nothing(kind: type[SessionState], name: str, handler: EventHandler, tabs: Tabs) -> None:
    tab = tabs.open(None)
    answer = call(handler, part(tab, kind))
    (led_on,) = answer if isinstance(answer, list) else [answer]
    assert isinstance(led_on, EventSpec), name
    assert routes.SIGN_IN in str(led_on)
    assert visible(tab) == tabs.fresh(None)


@pytest.mark.parametrize(("kind", "name", "handler"), GUARDED)
def test_a_role_without_the_right_is_told_so_and_gets_nothing(
    kind: type[SessionState], name: str, handler: EventHandler, tabs: Tabs
) -> None:
    admits: tuple[Permission, ...] = handler.fn.admits
    without = [role for role in Role if not GRANTS[role] & set(admits)]
    if not admits or not without:
        return  # open to every role: nothing to refuse
    tab = tabs.open(without[0])
    called = part(tab, kind)
    call(handler, called)
    assert [notice.kind for notice in called.notices] == ["bad"], name
    assert visible(tab) == tabs.fresh(without[0])


def test_a_session_that_ended_is_refused_on_the_next_event(state_of: StateOf, sign_in_as: Any) -> None:
    from ar_cockpit.db.session import transaction  # noqa: PLC0415 (only this test ends a session)
    from ar_cockpit.services import clock  # noqa: PLC0415
    from ar_cockpit.services.people import sign_in  # noqa: PLC0415

    token = sign_in_as(Role.EXECUTIVE)
    tab = state_of(SessionState, None, token=token)
    assert tab._admit((), is_public=False) == (True, None)
    assert tab.user_name == "Ada executive"
    with transaction() as session:
        sign_in.sign_out(session, token, at=clock.now())
    is_in, answer = tab._admit((), is_public=False)
    assert not is_in
    assert routes.SIGN_IN in str(answer)
    assert tab.user_name == ""
    assert tab.permissions == []
