"""What needs the browser: fields put in at the caret, a guard before leaving."""

from __future__ import annotations

import reflex as rx

_LIBRARY = "$/public/wording.js"


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
