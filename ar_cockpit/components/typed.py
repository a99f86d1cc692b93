"""Fields whose every letter the server hears of: they keep what is typed by themselves meanwhile.

An input of React's that shows a value of the state shows the old one until the server has answered: who types on loses
letters. Use this one wherever a handler hears of typing and the state gives the value back.
"""

from __future__ import annotations

from typing import Any

import reflex as rx


def _typed(value: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (value,)


class _Typed(rx.Component):
    """The field in ``assets/typed.js``."""

    library = "$/public/typed.js"
    tag = "Typed"
    kind: rx.Var[str]
    value: rx.Var[str]
    on_typed: rx.EventHandler[_typed]


def typed(kind: str, value: Any, on_typed: Any, *, class_name: str = "", **props: Any) -> rx.Component:
    """Return an ``input`` or a ``textarea``; ``props`` are ``id`` and HTML's attributes, as React spells them."""
    known = {name: props.pop(name) for name in ("id",) if name in props}
    look = f"inp {class_name}".strip()
    return _Typed.create(kind=kind, value=value, on_typed=on_typed, class_name=look, custom_attrs=props, **known)
