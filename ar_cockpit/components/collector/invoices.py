"""The customer's open documents: what may be asked for is selectable, the rest says why not."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, named_icon
from ar_cockpit.components.documents.cell import document_cell
from ar_cockpit.components.forms import checkbox
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.agreeing import CollectorAgreeing
from ar_cockpit.state.collector.mail import CollectorMail
from ar_cockpit.state.collector.rows import InvoiceLine
from ar_cockpit.state.collector.screen import CollectorState

_AFTER_SELECTING = [CollectorMail.render_mail, CollectorActs.prepare, CollectorAgreeing.work_out]


def invoice_table() -> rx.Component:
    """Return the table with its sum."""
    nothing = rx.el.p(t("collector.invoices.none"), class_name="t2 f12 tl-none")
    table = rx.el.div(
        rx.el.table(
            rx.el.caption(t("collector.invoices"), class_name="sr"),
            _head(),
            rx.el.tbody(rx.foreach(CollectorState.invoices, _invoice)),
            class_name="docs",
        ),
        class_name="scroll-x",
        tab_index=0,
        role="group",
        aria_label=t("collector.invoices"),
    )
    sums = rx.el.div(
        rx.el.b(CollectorState.selection_words),
        rx.el.span(CollectorState.selection_note, class_name="t2"),
        rx.el.span(class_name="sp"),
        rx.el.b(CollectorState.selection_total),
        class_name="row selbar",
        aria_live="polite",
    )
    return rx.cond(CollectorState.invoices.length() > 0, rx.fragment(table, sums), nothing)


def _head() -> rx.Component:
    all_of_them = checkbox(
        t("collector.select_all"),
        checked=CollectorState.all_selected,
        on_change=lambda _checked: [CollectorState.toggle_all, *_AFTER_SELECTING],
    )
    names = ("date", "due")
    return rx.el.thead(
        rx.el.tr(
            rx.el.th(all_of_them, class_name="cbx"),
            rx.el.th(t("collector.invoice"), scope="col", class_name="c-invoice"),
            rx.el.th(t("documents.column"), scope="col", class_name="c-pdf"),
            *(rx.el.th(t(f"collector.{name}"), scope="col", class_name=f"c-{name}") for name in names),
            rx.el.th(t("collector.days_overdue"), scope="col", class_name="num"),
            rx.el.th(t("collector.open_amount"), " ", CollectorState.record.currency, scope="col", class_name="num"),
            rx.el.th(t("collector.state"), scope="col"),
        )
    )


def _invoice(line: rx.Var[InvoiceLine]) -> rx.Component:
    box = checkbox(
        line.number,
        checked=CollectorState.selected.contains(line.key),
        disabled=~line.may_remind,
        on_change=lambda _checked: [CollectorState.toggle(line.key), *_AFTER_SELECTING],
    )
    return rx.el.tr(
        rx.el.td(box, class_name="cbx"),
        rx.el.td(line.number, class_name="b"),
        rx.el.td(document_cell(line.key, line.number, line.document_href), class_name="c-pdf"),
        rx.el.td(line.date, class_name="c-date"),
        rx.el.td(line.due, class_name="c-due"),
        rx.el.td(line.days, class_name="num"),
        rx.el.td(line.open, class_name="num b"),
        rx.el.td(_state(line)),
        class_name=rx.cond(line.may_remind, "", "out"),
    )


def _state(line: rx.Var[InvoiceLine]) -> rx.Component:
    words = rx.el.span(named_icon(line.state_icon, 13), line.state, class_name="state " + line.state_kind)
    close = button(
        t("collector.dispute.close"),
        size="sm",
        kind="ghost",
        class_name="inline",
        on_click=CollectorActs.ask_closing(line.key, line.number),
    )
    may_close = line.is_disputed & may(Permission.WORK_CUSTOMERS)
    return rx.fragment(words, rx.cond(may_close, close, rx.fragment()))
