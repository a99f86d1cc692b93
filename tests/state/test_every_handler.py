"""Any browser may call any event handler: each admits only who is signed in now and holds the right.

The list is made from the classes themselves, so a new handler of any page is tested without being named here.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
from reflex.constants.state import FIELD_MARKER
from reflex.event import EventHandler, EventSpec

from ar_cockpit import routes
from ar_cockpit.domain.access import GRANTS, Permission, Role
from ar_cockpit.state.frame.session import SessionState
from tests.state.conftest import StateOf
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


def visible(held: SessionState) -> dict[str, str]:
    """Return everything the whole tab would be sent, without what it may know anyway."""
    sent = held._get_root_state().dict()
    values = {f"{owner}.{name}": repr(value) for owner, held_vars in sent.items() for name, value in held_vars.items()}
    return {
        name: value
        for name, value in values.items()
        if name.rpartition(".")[2].removesuffix(FIELD_MARKER) not in HARMLESS
    }


@pytest.mark.parametrize(("kind", "name", "handler"), HANDLERS)
def test_it_says_whom_it_admits(kind: type[SessionState], name: str, handler: EventHandler) -> None:
    admits = getattr(handler.fn, "admits", None)
    assert admits is not None, f"{kind.__name__}.{name} needs @allowed(...) below @rx.event"
    assert (admits == "public") == (f"{kind.__name__}.{name}" in PUBLIC)


@pytest.mark.parametrize(("kind", "name", "handler"), GUARDED)
def test_a_stranger_gets_nothing(kind: type[SessionState], name: str, handler: EventHandler, state_of: StateOf) -> None:
    tab = state_of(kind, None)
    before = visible(tab)
    answer = call(handler, tab)
    (led_on,) = answer if isinstance(answer, list) else [answer]
    assert isinstance(led_on, EventSpec), name
    assert routes.SIGN_IN in str(led_on)
    assert visible(tab) == before


@pytest.mark.parametrize(("kind", "name", "handler"), GUARDED)
def test_a_role_without_the_right_is_told_so_and_gets_nothing(
    kind: type[SessionState], name: str, handler: EventHandler, state_of: StateOf
) -> None:
    admits: tuple[Permission, ...] = handler.fn.admits
    without = [role for role in Role if not GRANTS[role] & set(admits)]
    if not admits or not without:
        return  # open to every role: nothing to refuse
    tab = state_of(kind, without[0])
    tab._admit((), is_public=True)  # the tab as that person has it
    before = visible(tab)
    call(handler, tab)
    assert [notice.kind for notice in tab.notices] == ["bad"], name
    assert visible(tab) == before


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
