"""A mail's HTML in a closed frame, which draws and does nothing else."""

from __future__ import annotations

from typing import Any

import reflex as rx


def mail_frame(html: Any, title: Any, class_name: str) -> rx.Component:
    """Return the frame once there is something to show.

    A frame that is drawn empty and filled a moment later stays empty now and then: its first page is still coming.
    """
    frame = rx.el.iframe(src_doc=html, title=title, custom_attrs={"sandbox": ""}, class_name=class_name)
    return rx.cond(html != "", frame, rx.el.div(class_name=class_name))
