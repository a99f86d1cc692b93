"""What an import changes, at a glance: sentences, the first old and new values, and the whole difference as a file."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import icon, link_button
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.imports.changes import ChangedLine, ChangesShown


def changes_block(shown: rx.Var[ChangesShown], *, is_trial: bool = False) -> rx.Component:
    """Return the difference, or nothing when known rows stay as they are."""
    columns = (
        Column("what", t("imports.changes.what"), strong=True),
        Column("company", t("imports.company")),
        Column("column", t("imports.col.column"), cell=_column),
        Column("old", t("imports.changes.old"), cell=lambda one: rx.el.span(one.old, class_name="was")),
        Column("new", t("imports.changes.new"), cell=lambda one: rx.el.b(one.new)),
    )
    head = rx.el.div(
        rx.el.h3(t("imports.changes" if is_trial else "imports.changes.made")),
        rx.el.span(class_name="sp"),
        link_button(t("imports.changes.download"), href=shown.href, size="sm", icon_name="download", is_download=True),
        class_name="row diff-head",
    )
    sentences = rx.el.ul(
        rx.foreach(shown.sentences, lambda one: rx.el.li(icon("pencil", 13), one)),
        class_name="diff-words",
        aria_label=t("imports.changes"),
    )
    more = rx.cond(shown.more != "", rx.el.p(shown.more, class_name="t2 f12 under"), rx.fragment())
    body = rx.fragment(head, sentences, data_table(columns, shown.lines, caption=t("imports.changes.values")), more)
    return rx.cond(shown.sentences.length() > 0, body, rx.fragment())


def _column(one: rx.Var[ChangedLine]) -> rx.Component:
    return rx.cond(one.column != "", rx.el.code(one.column), rx.fragment())
