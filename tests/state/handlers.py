"""Every event handler of the product, listed from the classes themselves."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from reflex.event import EventHandler
from reflex.state import BaseState

from ar_cockpit import state
from ar_cockpit.state.frame.session import SessionState

# Handlers that strangers may call; none of them reads or changes a business fact.
PUBLIC = {
    "SessionState.close_notice",
    "SessionState.tell_failure",
    "SignInState.open",
    "SignInState.go_home",
}


def own_handlers() -> list[tuple[type[SessionState], str, EventHandler]]:
    """Return every handler of every state of the package."""
    for module in pkgutil.walk_packages(state.__path__, f"{state.__name__}."):
        importlib.import_module(module.name)
    found: list[tuple[type[SessionState], str, EventHandler]] = []
    waiting: list[type[BaseState]] = list(BaseState.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__.startswith(f"{state.__name__}.") and not kind._mixin:  # its parts are its users' own
            found.extend((kind, name, handler) for name, handler in kind.event_handlers.items() if name != "setvar")
    return sorted(set(found), key=lambda entry: (entry[0].__name__, entry[1]))


HANDLERS = [pytest.param(*entry, id=f"{entry[0].__name__}.{entry[1]}") for entry in own_handlers()]
