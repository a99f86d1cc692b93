"""What needs the browser: fields put in at the caret, a guard before leaving, a logo's file, inputs that keep up."""

from __future__ import annotations

from typing import Any

import reflex as rx

_LIBRARY = "$/public/wording.js"


def _chosen(content: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (content,)


class FieldList(rx.Component):
    """The list of fields; a click puts one where the caret was last, of the ``inputs``."""

    library = _LIBRARY
    tag = "FieldList"
    fields: rx.Var[list]
    inputs: rx.Var[list[str]]
    usual: rx.Var[str]
    label: rx.Var[str]


class LeaveGuard(rx.Component):
    """Asks before the tab is closed while ``active``."""

    library = _LIBRARY
    tag = "LeaveGuard"
    active: rx.Var[bool]


class LogoChoice(rx.Component):
    """A button to choose a picture; it arrives in base64."""

    library = _LIBRARY
    tag = "LogoChoice"
    most: rx.Var[int]
    words: rx.Var[dict[str, str]]
    on_chosen: rx.EventHandler[_chosen]


def _typed(value: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (value,)


class Typed(rx.Component):
    """An input that keeps what is typed by itself and tells it a moment later: the answer never overtakes a person."""

    library = _LIBRARY
    tag = "Typed"
    kind: rx.Var[str]
    value: rx.Var[str]
    on_typed: rx.EventHandler[_typed]


def typed(kind: str, value: Any, on_typed: Any, *, id: str, **attributes: Any) -> rx.Component:  # noqa: A002 (HTML's)
    """Return an ``input`` or a ``textarea``; ``attributes`` are HTML's, as React spells them."""
    return Typed.create(kind=kind, value=value, on_typed=on_typed, id=id, class_name="inp", custom_attrs=attributes)
