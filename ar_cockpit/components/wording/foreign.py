"""What needs the browser itself: fields put in at the caret, a guard before the page is left, a logo's file."""

from __future__ import annotations

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
