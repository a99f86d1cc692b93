"""A customer's open documents: filtered and sorted, what may be asked for is selectable, the rest says why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from ar_cockpit.components.controls import icon, named_icon
from ar_cockpit.components.documents.cell import document_cell
from ar_cockpit.components.forms import checkbox, tabs
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.rows import InvoiceLine
from ar_cockpit.state.customer.invoices import FILTERS

Beside = Callable[[Any], rx.Component]


def open_invoices(
    state: Any, *, after: Sequence[Any] = (), beside: Beside | None = None, more: rx.Component | None = None
) -> rx.Component:
    """Return the table with its sum; ``after`` are the events that follow a change of what is selected.

    ``beside`` draws what stands beside a document's state, ``more`` what stands beside the filters.
    """
    nothing = rx.el.p(t("collector.invoices.none"), class_name="t2 f12 tl-none")
    table = rx.el.div(
        rx.el.table(
            rx.el.caption(t("collector.invoices"), class_name="sr"),
            _head(state, after),
            rx.el.tbody(rx.foreach(state.invoices, lambda line: _shown(state, line, after, beside))),
            class_name="docs",
        ),
        class_name="scroll-x",
        tab_index=0,
        role="group",
        aria_label=t("collector.invoices"),
    )
    sums = rx.el.div(
        rx.el.b(state.selection_words),
        rx.el.span(state.selection_note, class_name="t2"),
        rx.el.span(class_name="sp"),
        rx.el.b(state.selection_total),
        class_name="row selbar",
        aria_live="polite",
    )
    choices = [(which, t(f"record.invoices.{which}")) for which in FILTERS]
    filters = rx.el.div(
        tabs(choices, state.invoice_filter, state.filter_invoices, label=t("record.invoices.show")),
        rx.el.span(class_name="sp"),
        more or rx.fragment(),
        class_name="row docs-head",
    )
    return rx.cond(state.invoices.length() > 0, rx.fragment(filters, table, sums), rx.fragment(filters, nothing))


def _head(state: Any, after: Sequence[Any]) -> rx.Component:
    all_of_them = checkbox(
        t("collector.select_all"),
        checked=state.all_selected,
        on_change=lambda _checked: [state.toggle_all, *after],
    )
    open_words = rx.fragment(t("collector.open_amount"), " ", state.record.currency)
    return rx.el.thead(
        rx.el.tr(
            rx.el.th(all_of_them, class_name="cbx"),
            _sortable(state, "number", t("collector.invoice"), "c-invoice"),
            rx.el.th(t("documents.column"), scope="col", class_name="c-pdf"),
            rx.el.th(t("collector.date"), scope="col", class_name="c-date"),
            _sortable(state, "due", t("collector.due"), "c-due"),
            rx.el.th(t("collector.days_overdue"), scope="col", class_name="num"),
            _sortable(state, "open", open_words, "num"),
            rx.el.th(t("collector.state"), scope="col"),
        )
    )


def _sortable(state: Any, key: str, words: Any, class_name: str) -> rx.Component:
    up, down = state.invoice_sort == key, state.invoice_sort == f"-{key}"
    mark = rx.cond(up, icon("arrow-down", 11), rx.cond(down, icon("arrow-up", 11), rx.fragment()))
    press = rx.el.button(words, mark, type="button", on_click=state.sort_invoices(key), class_name="sort")
    order = rx.cond(up, "ascending", rx.cond(down, "descending", "none"))
    return rx.el.th(press, scope="col", class_name=class_name, aria_sort=order)


def _shown(state: Any, line: rx.Var[InvoiceLine], after: Sequence[Any], beside: Beside | None) -> rx.Component:
    is_shown = rx.match(
        state.invoice_filter,
        ("overdue", line.days_late > 0),
        ("not_due", line.days_late == 0),
        ("disputed", line.is_disputed),
        True,
    )
    return rx.cond(is_shown, _invoice(state, line, after, beside), rx.fragment())


def _invoice(state: Any, line: rx.Var[InvoiceLine], after: Sequence[Any], beside: Beside | None) -> rx.Component:
    box = checkbox(
        line.number,
        checked=state.selected.contains(line.key),
        disabled=~line.may_remind,
        on_change=lambda _checked: [state.toggle(line.key), *after],
    )
    words = rx.el.span(named_icon(line.state_icon, 13), line.state, class_name="state " + line.state_kind)
    told = rx.el.span(line.expected, title=t("foreseen.invoice.note"), class_name="t2 f11 foreseen")
    expected = rx.cond(line.expected != "", told, rx.fragment())
    return rx.el.tr(
        rx.el.td(box, class_name="cbx"),
        rx.el.td(line.number, class_name="b"),
        rx.el.td(document_cell(line.key, line.number, line.document_href), class_name="c-pdf"),
        rx.el.td(line.date, class_name="c-date"),
        rx.el.td(line.due, class_name="c-due"),
        rx.el.td(line.days, class_name="num"),
        rx.el.td(line.open, class_name="num b"),
        rx.el.td(words, expected, beside(line) if beside else rx.fragment()),
        class_name=rx.cond(line.may_remind, "", "out"),
    )
