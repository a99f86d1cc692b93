"""Dialogs: for what needs a decision before it is done."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon_button
from ar_cockpit.components.text import t


def dialog(is_open: Any, on_open_change: Any, title: Any, *body: Any, width: str = "520px") -> rx.Component:
    """Return a dialog shown while the state says so; Escape and a click outside call ``on_open_change(False)``."""
    content = rx.dialog.content(rx.dialog.title(title), *body, max_width=width, aria_describedby="")
    return rx.dialog.root(content, open=is_open, on_open_change=on_open_change)


def close_cross(shut: Any) -> rx.Component:
    """Return the cross of a dialog that is looked at, to stand first in it: what stands first has the focus.

    Nothing must be decided by the key that opened it, and a mail's frame would keep Escape to itself.
    """
    return icon_button("x", t("shell.close"), on_click=shut, class_name="dialog-close")


def form_dialog(
    is_open: Any,
    shut: Any,
    title: Any,
    *fields: Any,
    send: Any,
    on_submit: Any,
    kind: str = "pri",
    width: str = "440px",
) -> rx.Component:
    """Return a dialog with a form: its ``fields``, then a press that shuts it and one called ``send``."""
    form = rx.el.form(*fields, form_foot(send, shut, kind=kind), on_submit=on_submit, class_name="dialog-form")
    return dialog(is_open, lambda _open: shut, title, form, width=width)


def form_foot(send: Any, shut: Any, *, kind: str = "pri", **props: Any) -> rx.Component:
    """Return what stands under a form in a dialog; ``props`` are those of the press that sends it."""
    cancel = button(t("shell.cancel"), on_click=shut)
    return rx.el.div(cancel, button(send, kind=kind, type="submit", **props), class_name="row end")


def confirm_dialog(
    is_open: Any,
    title: Any,
    consequences: Any,
    confirm: Any,
    on_confirm: Any,
    on_cancel: Any,
    *,
    is_danger: bool = False,
) -> rx.Component:
    """Ask before what cannot be taken back: ``consequences`` says what will happen, ``confirm`` is the verb."""
    actions = rx.el.div(
        button(t("shell.cancel"), on_click=on_cancel),
        button(confirm, kind="danger" if is_danger else "pri", on_click=on_confirm),
        class_name="row",
        style={"justifyContent": "flex-end", "marginTop": "18px"},
    )
    words = rx.alert_dialog.description(consequences)
    content = rx.alert_dialog.content(rx.alert_dialog.title(title), words, actions, max_width="460px")
    return rx.alert_dialog.root(content, open=is_open, on_open_change=lambda _shown: on_cancel)
