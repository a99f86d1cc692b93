"""Taking an import back: the button, and the dialog that says what will happen or what stands in the way."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import t
from ar_cockpit.state.imports.undoing import UndoState


def take_back() -> rx.Component:
    """Return the button with its dialog."""
    ask = button(t("imports.undo"), icon_name="undo-2", on_click=UndoState.ask)
    return rx.fragment(ask, _dialog())


def _dialog() -> rx.Component:
    blocked = rx.fragment(
        note("watch", rx.el.b(t("imports.undo.blocked")), icon_name="triangle-alert"),
        _listed(UndoState.blockers, "triangle-alert"),
        rx.el.p(t("imports.undo.blocked.mend"), class_name="t2 f12"),
    )
    refused = note("watch", UndoState.refusal, icon_name="triangle-alert")
    possible = _listed(UndoState.does, "check")
    why_not = rx.cond(
        UndoState.refusal != "", refused, rx.cond(UndoState.blockers.length() > 0, blocked, rx.fragment())
    )
    confirm = button(
        rx.cond(UndoState.is_working, t("imports.undo.working"), t("imports.undo.confirm")),
        kind="danger",
        on_click=UndoState.take_back,
        disabled=UndoState.is_working,
    )
    actions = rx.el.div(
        button(t("shell.cancel"), on_click=UndoState.close),
        rx.cond(UndoState.can_undo, confirm, rx.fragment()),
        class_name="row dialog-acts",
    )
    body = rx.el.div(rx.cond(UndoState.can_undo, possible, why_not), class_name="undo-body")
    return dialog(UndoState.is_open, lambda _open: UndoState.close, UndoState.title, body, actions)


def _listed(words: Any, icon_name: str) -> rx.Component:
    return rx.el.ul(rx.foreach(words, lambda one: rx.el.li(icon(icon_name, 14), one)), class_name="consequences")
