"""Single-key commands of a screen, silent while somebody types or a dialog is open."""

from __future__ import annotations

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
    on_key: rx.EventHandler[_key]


def key_commands(keys: list[str], on_key: Any) -> rx.Component:
    """Call ``on_key(key)`` for each of ``keys``: single characters, ``Enter``, or ``ctrl+Enter``."""
    return _Keys.create(keys=keys, on_key=on_key)


def focus_keys(targets: dict[str, str], presses: dict[str, str]) -> rx.Component:
    """Let a key put the focus on the element of that id, or press the last of those selected, without the server."""
    return _Keys.create(focus=targets, press=presses)
