"""Where a file is on its way in: file, columns, preview, result."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.text import t

_STEPS = ("file", "columns", "preview", "result")


def steps(current: str) -> rx.Component:
    """Return the four steps, with the one that is on screen marked."""
    here = _STEPS.index(current)

    def step(place: int, key: str) -> rx.Component:
        state = "done" if place < here else "on" if place == here else ""
        more = {"aria_current": "step"} if place == here else {}
        return rx.el.li(rx.el.span(str(place + 1), class_name="no"), t(f"columns.step.{key}"), class_name=state, **more)

    listed = (step(place, key) for place, key in enumerate(_STEPS))
    return rx.el.ol(*listed, class_name="steps", aria_label=t("columns.steps"))
