"""Which column is which: how the file is read, a menu for each target with its evidence, and the first rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon, link_button
from ar_cockpit.components.forms import field, text_input
from ar_cockpit.components.imports.steps import steps
from ar_cockpit.components.layout import card, card_head, note
from ar_cockpit.components.text import t
from ar_cockpit.state.imports.mapping import MappingState
from ar_cockpit.state.imports.mapping_rows import ShownLine, Target

_TABLES = ("invoices", "payments", "allocations", "customers")
_ORDERS = ("auto", "yyyy-mm-dd", "yyyymmdd", "dd/mm/yyyy", "mm/dd/yyyy")
_MARKS = ("auto", ".", ",")
_KEYS_OF_MARKS = {"auto": "auto", ".": "point", ",": "comma"}


def mapping_view(crumb: rx.Component, back_href: Any) -> rx.Component:
    """Return the step in which a person says which column is which."""
    head = rx.el.div(
        crumb,
        rx.el.span(class_name="sp"),
        link_button(t("columns.back"), href=back_href),
        button(
            t("columns.go"),
            kind="pri",
            icon_name="arrow-right",
            on_click=MappingState.save_columns,
            disabled=(MappingState.missing != "") | (MappingState.refused != ""),
        ),
        class_name="row ph",
    )
    refused = note("bad", MappingState.refused, icon_name="octagon-alert")
    return rx.fragment(
        head,
        steps("columns"),
        rx.cond(MappingState.refused != "", refused, rx.fragment(_reading(), _columns(), _rows())),
    )


def _reading() -> rx.Component:
    """How the file as a whole is read."""
    sheet = field(
        t("columns.sheet"),
        _menu("read-sheet", MappingState.sheet, MappingState.choose_sheet, _options(MappingState.sheets)),
        control_id="read-sheet",
    )
    name = field(
        t("columns.name"),
        text_input(
            id="mapping-name",
            default_value=MappingState.name,
            key=MappingState.file_name,
            max_length=60,
            on_blur=MappingState.rename,
        ),
        control_id="mapping-name",
        hint=t("columns.name.hint"),
    )
    return card(
        card_head(MappingState.file_name, MappingState.remark),
        rx.el.div(
            _reading_menu("table", "columns.table", MappingState.table, MappingState.choose_table, _tables()),
            rx.cond(
                MappingState.table == "invoices",
                _set_by("content", "columns.content", MappingState.content, _contents()),
            ),
            rx.cond(MappingState.sheets.length() > 1, sheet, rx.fragment()),
            _set_by("date_format", "columns.dates", MappingState.date_format, _orders()),
            _set_by("decimal_mark", "columns.marks", MappingState.decimal_mark, _marks()),
            name,
            class_name="reading",
        ),
    )


def _set_by(what: str, key: str, value: Any, options: Sequence[rx.Component]) -> rx.Component:
    return _reading_menu(what, key, value, lambda chosen: MappingState.set_reading(what, chosen), options)


def _reading_menu(what: str, key: str, value: Any, on_change: Any, options: Sequence[rx.Component]) -> rx.Component:
    menu_id = f"read-{what}"
    return field(t(key), _menu(menu_id, value, on_change, *options), control_id=menu_id)


def _menu(menu_id: Any, value: Any, on_change: Any, *options: Any, **props: Any) -> rx.Component:
    return rx.el.select(*options, id=menu_id, value=value, on_change=on_change, class_name="inp", **props)


def _options(choices: Any) -> rx.Component:
    return rx.foreach(choices, lambda one: rx.el.option(one.label, value=one.value))


def _tables() -> list[rx.Component]:
    return [rx.el.option(t(f"imports.table.{one}"), value=one) for one in _TABLES]


def _contents() -> list[rx.Component]:
    return [rx.el.option(t(f"columns.content.{one}"), value=one) for one in ("full", "open_items")]


def _orders() -> list[rx.Component]:
    return [rx.el.option(t("columns.auto") if one == "auto" else one, value=one) for one in _ORDERS]


def _marks() -> list[rx.Component]:
    keys = (_KEYS_OF_MARKS[one] for one in _MARKS)
    return [rx.el.option(t(f"columns.mark.{key}"), value=one) for key, one in zip(keys, _MARKS, strict=True)]


def _columns() -> rx.Component:
    more = rx.el.details(
        rx.el.summary(t("columns.more")), rx.el.ul(rx.foreach(MappingState.more, _target), class_name="targets")
    )
    rest = rx.el.label(
        rx.el.input(type="checkbox", checked=MappingState.keeps_rest, on_change=MappingState.keep_rest),
        t("columns.rest"),
        class_name="rest",
    )
    lacking = note("watch", MappingState.missing, icon_name="triangle-alert")
    return card(
        card_head(t("columns.title"), t("columns.title.remark")),
        rx.cond(MappingState.missing != "", rx.el.div(lacking, class_name="db", role="status")),
        rx.el.ul(rx.foreach(MappingState.targets, _target), class_name="targets"),
        more,
        rest,
    )


def _target(one: rx.Var[Target]) -> rx.Component:
    menu_id = "column-" + one.key
    options = (
        rx.el.option(rx.cond(one.is_required, t("columns.choose"), t("columns.none")), value=""),
        rx.cond(one.takes_constant, rx.el.option(t("columns.constant"), value="constant")),
        _options(MappingState.sources),
    )
    menu = _menu(
        menu_id,
        one.choice,
        lambda value: MappingState.choose(one.key, value),
        *options,
        aria_describedby=menu_id + "-why",
        aria_invalid=rx.cond(one.kind == "bad", "true", "false"),
    )
    constant = text_input(
        default_value=one.constant,
        on_blur=lambda value: MappingState.choose_constant(one.key, value),
        aria_label=one.label + ": " + t("columns.constant"),
        max_length=60,
        class_name="always",
    )
    required = rx.el.span(t("columns.required"), class_name="t2 f11")
    return rx.el.li(
        rx.el.div(
            rx.el.label(one.label, html_for=menu_id, class_name="fl"),
            rx.cond(one.is_required, required),
            class_name="of",
        ),
        rx.el.div(menu, rx.cond(one.choice == "constant", constant), class_name="by"),
        _why(one, menu_id + "-why"),
    )


def _why(one: rx.Var[Target], why_id: Any) -> rx.Component:
    marks = rx.match(
        one.kind,
        ("ok", icon("check", 13, class_name="ok")),
        ("watch", icon("triangle-alert", 13, class_name="watch")),
        ("bad", icon("octagon-alert", 13, class_name="bad")),
        rx.fragment(),
    )
    faults = rx.cond(one.faults != "", rx.el.b(one.faults, ". ", class_name="bad"))
    return rx.el.div(marks, rx.el.span(faults, one.why), id=why_id, class_name="told-why")


def _rows() -> rx.Component:
    shown = MappingState.shown
    head = rx.el.tr(
        rx.el.th(t("imports.col.line"), scope="col", class_name="num"),
        rx.foreach(
            shown.head,
            lambda one: rx.el.th(
                one.label,
                rx.el.span(one.source, class_name="from"),
                scope="col",
                class_name=rx.cond(one.is_numeric, "num", ""),
            ),
        ),
    )
    table = rx.el.table(
        rx.el.caption(t("columns.preview"), class_name="sr"),
        rx.el.thead(head),
        rx.el.tbody(rx.foreach(shown.lines, _line)),
    )
    mark = rx.cond(shown.is_clean, icon("check", 13, class_name="ok"), icon("triangle-alert", 13, class_name="watch"))
    totals = rx.foreach(shown.totals, rx.el.b)
    return card(
        card_head(t("columns.preview"), t("columns.preview.remark")),
        rx.el.div(table, class_name="scroll", tab_index=0, role="group", aria_label=t("columns.preview")),
        rx.el.div(
            rx.el.span(mark, shown.counted, class_name="told-why"),
            rx.cond(shown.totals.length() > 0, rx.el.span(t("columns.sum"), totals, class_name="sums")),
            class_name="pg counted",
            role="status",
        ),
        class_name="as-read",
    )


def _line(one: rx.Var[ShownLine]) -> rx.Component:
    def cell(value: Any) -> rx.Component:
        wrong = rx.fragment(
            rx.el.code(value.text, class_name="v"),
            rx.el.span(icon("octagon-alert", 12), value.reason, class_name="bad f11 why"),
        )
        return rx.el.td(
            rx.cond(value.reason != "", wrong, value.text),
            class_name=rx.cond(value.is_numeric, "num", rx.cond(value.reason != "", "wrong", "")),
        )

    whole = rx.el.td(
        rx.el.code(one.cells[0].text, class_name="v"),
        rx.el.span(icon("octagon-alert", 12), one.fault, class_name="bad f11 why"),
        col_span=MappingState.shown.span,
        class_name="wrong",
    )
    return rx.el.tr(
        rx.el.td(one.line, class_name="num t2"), rx.cond(one.fault != "", whole, rx.foreach(one.cells, cell))
    )
