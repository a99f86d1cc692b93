"""A mail as it would arrive: its heads, and the sheet in a closed frame, as wide as a desk's or a phone's."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.mail_frame import mail_frame
from ar_cockpit.components.text import t


def mail_heads(recipient: Any, subject: Any) -> rx.Component:
    """Return to whom it goes and its subject."""
    return rx.el.dl(
        rx.el.div(rx.el.dt(t("templates.preview.to")), rx.el.dd(recipient)),
        rx.el.div(rx.el.dt(t("templates.preview.subject")), rx.el.dd(rx.el.b(subject))),
        class_name="mail-heads",
    )


def mail_sheet(html: Any, *, title: Any, is_narrow: Any) -> rx.Component:
    """Return the HTML part in a frame that may draw and do nothing else."""
    return rx.el.div(
        mail_frame(html, title, "mail-frame"), class_name=rx.cond(is_narrow, "mail-desk narrow", "mail-desk")
    )


def mail_text(text: Any) -> rx.Component:
    """Return the text part, letter by letter."""
    return rx.el.div(
        rx.el.pre(text), class_name="mail-desk", tab_index=0, role="region", aria_label=t("templates.text")
    )
