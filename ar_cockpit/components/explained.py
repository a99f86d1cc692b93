"""A word with its definition one hover, focus or touch away."""

from __future__ import annotations

from typing import Any

import reflex as rx


def explained(words: Any, note: Any) -> rx.Component:
    """Return ``words``; pointing at them shows ``note``, pressing or touching them keeps it open."""
    marked = rx.el.button(words, type="button", title=note, class_name="explained")
    told = rx.popover.content(rx.el.p(note, class_name="f12"), width="280px", side="top", aria_label=words)
    return rx.popover.root(rx.popover.trigger(marked), told)
