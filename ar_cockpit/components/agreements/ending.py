"""The dialog that ends an agreement before its day."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.dialogs import form_dialog
from ar_cockpit.components.forms import field, text_area
from ar_cockpit.components.text import t


def ending_dialog(state: Any, title: str, means: str) -> rx.Component:
    """Return it for the list of ``state``; ``title`` and ``means`` are the keys of what it asks and what follows."""
    area = text_area(id="end-reason", name="reason", rows=3, required=True, max_length=2000, auto_focus=True)
    return form_dialog(
        state.ending != "",
        state.ask_ending("", ""),
        t(title),
        rx.el.p(state.about, class_name="b"),
        rx.el.p(t(means), class_name="t2"),
        field(t("agreements.reason"), area, control_id="end-reason"),
        send=t("agreements.end"),
        on_submit=state.end,
    )
