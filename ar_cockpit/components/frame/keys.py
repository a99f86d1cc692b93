"""Single-key commands of a screen, silent while somebody types or a dialog is open, and where they lead in a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx


def _key(key: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (key,)


class _Keys(rx.Component):
    """The listener in ``assets/keys.js``."""

    library = "$/public/keys.js"
    tag = "Keys"
    keys: rx.Var[list[str]]
    focus: rx.Var[dict[str, str]]
    press: rx.Var[dict[str, str]]
    shown: rx.Var[str]
    leads_on: rx.Var[list[str]]
    on_key: rx.EventHandler[_key]


def key_commands(keys: list[str], on_key: Any) -> rx.Component:
    """Call ``on_key(key)`` for each of ``keys``: single characters, ``Enter``, or ``ctrl+Enter``."""
    return _Keys.create(keys=keys, on_key=on_key)


def focus_keys(
    targets: dict[str, str], presses: dict[str, str], *, shown: Any = "", leads_on: Sequence[str] = ()
) -> rx.Component:
    """Let a key put the focus on the element of that id, or press the last of those selected, without the server.

    ``leads_on`` are keys, and every form that is sent, after which something else than ``shown`` may come: an element
    that is still there of the one before gets no focus meanwhile.
    """
    return _Keys.create(focus=targets, press=presses, shown=shown, leads_on=list(leads_on))


class _Follow(rx.Component):
    """The effect in ``assets/follow.js``."""

    library = "$/public/follow.js"
    tag = "Follow"
    shown: rx.Var[str]


def keep_in_sight(element_id: rx.Var[str]) -> rx.Component:
    """Scroll a list so that the element of that id shows, each time it becomes another one."""
    return _Follow.create(shown=element_id)
