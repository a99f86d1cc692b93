"""Cards, skeletons, empty states and error panels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from ar_cockpit.components.controls import classes, icon
from ar_cockpit.components.text import t


def card(*children: Any, **props: Any) -> rx.Component:
    """Return a bordered panel."""
    props["class_name"] = classes("card", own=props.get("class_name", ""))
    return rx.el.section(*children, **props)


def card_head(title: Any, note: Any = None, *actions: Any, ruled: bool = True) -> rx.Component:
    """Return a card's head: its title, one quiet remark, and the actions at the right."""
    quiet = [] if note is None else [rx.el.span(note, class_name="t2 f12 el")]
    return rx.el.div(
        rx.el.h2(title), *quiet, rx.el.span(class_name="sp"), *actions, class_name="ch bl" if ruled else "ch"
    )


def page_head(title: Any, note: Any = None, *actions: Any) -> rx.Component:
    """Return a page's head: the question it answers, the period said once, and the page's actions."""
    quiet = [] if note is None else [rx.el.span(note, class_name="t2")]
    return rx.el.div(rx.el.h1(title), *quiet, rx.el.span(class_name="sp"), *actions, class_name="row ph")


def note(kind: str, *children: Any, icon_name: str = "info") -> rx.Component:
    """Return a tinted remark inside a pane; ``kind`` is ok, watch, bad or info."""
    return rx.el.div(icon(icon_name, 15), rx.el.div(*children), class_name=f"note b-{kind}")


def skeleton_rows(rows: int = 5, widths: Sequence[int] = (140, 80, 60, 70, 60)) -> rx.Component:
    """Return grey rows of a table's height, shown in its place while it loads."""
    cells = [rx.el.td(rx.el.span(class_name="bone", style={"width": f"{width}px"})) for width in widths]
    body = rx.el.tbody(*(rx.el.tr(*cells) for _ in range(rows)))
    return rx.el.div(
        rx.el.span(t("shell.loading"), class_name="sr"), rx.el.table(body, aria_hidden="true"), aria_busy="true"
    )


def skeleton_block(height: int) -> rx.Component:
    """Return a grey block of the height of what is loading."""
    block = rx.el.div(class_name="bone", style={"width": "100%", "height": f"{height}px"}, aria_hidden="true")
    return rx.el.div(rx.el.span(t("shell.loading"), class_name="sr"), block, aria_busy="true")


def empty_state(
    icon_name: str, title: Any, text: Any, *actions: Any, small: bool = False, is_page: bool = False
) -> rx.Component:
    """Say why there is nothing, and what to do next; ``is_page`` when there is nothing else on the page."""
    heading = rx.el.h1(title) if is_page else rx.el.h2(title)
    parts = [rx.el.span(icon(icon_name, 17 if small else 22), class_name="eic"), heading, rx.el.p(text)]
    if actions:
        parts.append(rx.el.div(*actions, class_name="row"))
    return rx.el.div(*parts, class_name="empty s" if small else "empty")
