"""A letter or mail as it will go, in a dialog."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.dialogs import close_cross, dialog
from ar_cockpit.components.mail_frame import mail_frame
from ar_cockpit.components.text import t


def preview_dialog(state: Any, *actions: rx.Component) -> rx.Component:
    """Return the dialog of a state with ``shows_preview`` and what is shown; ``actions`` stand below the sheet."""
    sheet = mail_frame(state.preview_html, t("review.preview"), "review-sheet")
    to = rx.el.p(t("review.to"), " ", rx.el.b(state.preview_to), class_name="t2 f12")
    foot = rx.el.div(*actions, class_name="row dialog-acts")
    parts = (close_cross(state.close_preview(False)), to, sheet, foot)
    return dialog(state.shows_preview, state.close_preview, state.preview_title, *parts, width="720px")
