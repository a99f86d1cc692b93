"""Tables sorted and paged by the database: heads change the address, the state answers with one page of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon, link_button
from ar_cockpit.components.text import t
from ar_cockpit.state.frame.session import SessionState


@dataclass(frozen=True)
class Column:
    """A column: ``key`` is the row's attribute and the name it is sorted by, ``title`` a sentence or a Var.

    ``cell`` draws the cell from the row (default: the attribute as text); ``note`` is the title's tooltip. A ``wide``
    column is left out on phones, so that what remains is read without scrolling sideways.
    """

    key: str
    title: Any
    numeric: bool = False
    sortable: bool = False
    strong: bool = False
    wide: bool = False
    cell: Callable[[Any], Any] | None = None
    note: Any = None


def data_table(
    columns: Sequence[Column],
    rows: Any,
    *,
    caption: Any,
    foot: Sequence[Any] | None = None,
    empty: rx.Component | None = None,
    sort_param: str = "sort",
    row_class: Callable[[Any], Any] | None = None,
    on_row: Callable[[Any], Any] | None = None,
) -> rx.Component:
    """Return a table of ``rows``, a Var of a list of row dataclasses; ``caption`` is read out, not shown.

    A sortable head puts ``key`` or ``-key`` into the address parameter ``sort_param``: read it in the state with
    ``self.params.get("sort")`` and take only names from a list of yours. ``foot`` has one cell for each column.
    ``on_row(row)`` is called for a click on the row; give the first cell a real link for the keyboard.
    """
    head = rx.el.thead(rx.el.tr(*(_head(column, sort_param) for column in columns)))

    def body_row(row: Any) -> rx.Component:
        more = {"on_click": on_row(row)} if on_row else {}
        shade = row_class(row) if row_class else ("go" if on_row else "")
        return rx.el.tr(*(_cell(column, row) for column in columns), class_name=shade, **more)

    parts = [rx.el.caption(caption, class_name="sr"), head, rx.el.tbody(rx.foreach(rows, body_row))]
    if foot is not None:
        cells = (rx.el.td(cell, class_name=_looks(c)) for c, cell in zip(columns, foot, strict=True))
        parts.append(rx.el.tfoot(rx.el.tr(*cells)))
    # A list wider than its card scrolls; then it must be reachable by keyboard.
    table = rx.el.div(
        rx.el.table(*parts, class_name="sticky"), class_name="scroll", tab_index=0, role="group", aria_label=caption
    )
    return rx.cond(rows.length() > 0, table, empty) if empty is not None else table


def pager(page: Any, pages: Any, text: Any, *, name: str = "page") -> rx.Component:
    """Return the foot of a paged list; ``page`` counts from 1 and lives in the address parameter ``name``."""
    back = SessionState.set_param(name, rx.cond(page > 2, (page - 1).to_string(), ""))
    on = SessionState.set_param(name, (page + 1).to_string())
    return rx.el.div(
        rx.el.span(text),
        rx.el.span(class_name="sp"),
        button(t("shell.page.previous"), size="sm", disabled=page <= 1, on_click=back),
        button(t("shell.page.next"), size="sm", disabled=page >= pages, on_click=on),
        class_name="pg",
    )


def export_links(csv_href: Any, xlsx_href: Any = None) -> rx.Component:
    """Return the downloads of what a list shows; the addresses are routes of ``ar_cockpit.api``."""
    links = [
        link_button(
            t("shell.export.csv"), href=csv_href, kind="ghost", size="sm", icon_name="download", is_download=True
        )
    ]
    if xlsx_href is not None:
        links.append(
            link_button(
                t("shell.export.xlsx"), href=xlsx_href, kind="ghost", size="sm", icon_name="download", is_download=True
            )
        )
    return rx.el.div(*links, class_name="row exports")


def _looks(column: Column, *, strong: bool = False) -> str:
    marks = {"num": column.numeric, "b": strong, "wide": column.wide}
    return " ".join(mark for mark, is_set in marks.items() if is_set)


def _head(column: Column, sort_param: str) -> rx.Component:
    props: dict[str, Any] = {"scope": "col", "class_name": _looks(column)}
    if column.note is not None:
        props["title"] = column.note
    if not column.sortable:
        return rx.el.th(column.title, **props)
    chosen = SessionState.params[sort_param]
    down, up = chosen == f"-{column.key}", chosen == column.key
    arrow = rx.cond(up, icon("arrow-up", 11), rx.cond(down, icon("arrow-down", 11), rx.fragment()))
    press = rx.el.button(
        column.title, arrow, type="button", class_name="sort", on_click=SessionState.sort_by(sort_param, column.key)
    )
    return rx.el.th(press, aria_sort=rx.cond(up, "ascending", rx.cond(down, "descending", "none")), **props)


def _cell(column: Column, row: Any) -> rx.Component:
    content = column.cell(row) if column.cell else getattr(row, column.key)
    return rx.el.td(content, class_name=_looks(column, strong=column.strong))
