"""The card in the middle: may I take this order, and why."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, icon, link, link_button, named_icon, standing
from ar_cockpit.components.documents.cell import document_cell
from ar_cockpit.components.forms import field, text_area, text_input
from ar_cockpit.components.groups import group_line
from ar_cockpit.components.layout import card, card_head
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.rows import InvoiceLine
from ar_cockpit.state.sales.rows import Why
from ar_cockpit.state.sales.screen import SalesState

_CARD = SalesState.card


def back_to_list() -> rx.Component:
    """Return the way back to the customers, where a phone shows one pane at a time."""
    return link(icon("arrow-left", 16), t("sales.back"), href=SalesState.list_href, class_name="btn sm sales-back")


def standing_card() -> rx.Component:
    """Return the customer with its standing, the reasons, the figures and the bar of its limit."""
    head = rx.el.div(
        rx.el.div(rx.el.h2(_CARD.name, class_name="sales-name"), rx.el.span(_CARD.about, class_name="t2 f12")),
        standing(_CARD.kind, _CARD.word),
        class_name="sales-head",
    )
    figures = rx.el.dl(
        _figure("sales.open", _CARD.open),
        _figure("sales.overdue", _CARD.overdue),
        _figure("sales.limit", _CARD.limit),
        _figure("sales.available", _CARD.available),
        class_name="sales-figures",
    )
    return card(
        back_to_list(),
        head,
        rx.el.ul(rx.foreach(SalesState.whys, _why), class_name="sales-why"),
        figures,
        _bar(),
        group_line(_CARD.group),
        class_name="std",
    )


def _why(why: rx.Var[Why]) -> rx.Component:
    return rx.el.li(named_icon(why.icon), rx.el.span(why.text))


def _figure(key: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.div(rx.el.dt(t(key), class_name="lbl"), rx.el.dd(value))


def _bar() -> rx.Component:
    overdue, open_, order = _CARD.overdue_share, _CARD.open_share, _CARD.order_share
    pieces = (
        rx.el.i(class_name="l1", style={"width": f"{overdue}%"}),
        rx.el.i(class_name="l2", style={"width": f"{open_}%"}),
        rx.el.i(class_name="l3", style={"width": f"{order}%"}),
        rx.cond(
            _CARD.limit_at < 100,
            rx.el.u(style={"left": f"{_CARD.limit_at}%"}),
            rx.fragment(),
        ),
    )
    legend = rx.el.div(
        _swatch("l1", "sales.overdue"),
        _swatch("l2", "sales.not_due"),
        rx.cond(order > 0, _swatch("l3", "sales.this_order"), rx.fragment()),
        rx.el.span(class_name="sp"),
        rx.el.span(_CARD.bar_label),
        class_name="row f11 t2 bar-legend",
    )
    return rx.fragment(rx.el.div(*pieces, class_name="lim", role="img", aria_label=_CARD.bar_label), legend)


def _swatch(colour: str, key: str) -> rx.Component:
    return rx.el.span(rx.el.span(class_name=f"sw {colour}"), t(key), class_name="row swatch")


def invoices_card() -> rx.Component:
    """Return the open invoices with their state and their download."""
    export = link_button(
        t("shell.export.csv"),
        href=SalesState.csv_href,
        kind="ghost",
        size="sm",
        icon_name="download",
        is_download=True,
    )
    head = rx.el.thead(
        rx.el.tr(
            rx.el.th(t("collector.invoice"), scope="col"),
            rx.el.th(t("documents.column"), scope="col"),
            rx.el.th(t("collector.due"), scope="col"),
            rx.el.th(t("collector.days_overdue"), scope="col", class_name="num"),
            rx.el.th(t("collector.open_amount"), " ", _CARD.currency, scope="col", class_name="num"),
            rx.el.th(t("collector.state"), scope="col"),
        )
    )
    foot = rx.el.tfoot(
        rx.el.tr(
            rx.el.td(t("sales.all_open"), col_span=4),
            rx.el.td(SalesState.invoice_total, class_name="num"),
            rx.el.td(),
        )
    )
    table = rx.el.table(
        rx.el.caption(t("collector.invoices"), class_name="sr"),
        head,
        rx.el.tbody(rx.foreach(SalesState.invoices, _row)),
        foot,
        class_name="sales-docs",
    )
    lines = rx.el.ul(rx.foreach(SalesState.invoices, _line), class_name="sales-lines")
    nothing = rx.el.p(t("collector.invoices.none"), class_name="t2 pad-text")
    return card(
        card_head(t("collector.invoices"), SalesState.invoice_words, export),
        rx.cond(SalesState.invoices.length() > 0, rx.fragment(table, lines), nothing),
    )


def _row(line: rx.Var[InvoiceLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.number, class_name="b"),
        rx.el.td(document_cell(line.key, line.number, line.document_href)),
        rx.el.td(line.due),
        rx.el.td(line.days, class_name="num"),
        rx.el.td(line.open, class_name="num b"),
        rx.el.td(_state(line)),
    )


def _line(line: rx.Var[InvoiceLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.b(line.number),
            rx.el.span(t("collector.due"), " ", line.due, class_name="t2 f12"),
            rx.el.span(_state(line), class_name="f12"),
        ),
        rx.el.span(class_name="sp"),
        document_cell(line.key, line.number, line.document_href),
        rx.el.b(line.open_with_currency),
    )


def _state(line: rx.Var[InvoiceLine]) -> rx.Component:
    return rx.el.span(named_icon(line.state_icon, 13), line.state, class_name="state " + line.state_kind)


def ask_form() -> rx.Component:
    """Return the form that asks the collector."""
    text = text_area(
        id="question",
        name="question",
        default_value=SalesState.question,
        key=SalesState.question,
        required=True,
        auto_focus=True,
        max_length=500,
        rows=3,
    )
    return rx.el.form(
        field(t("sales.question"), text, control_id="question"),
        rx.el.div(
            button(t("sales.send_question"), kind="pri", size="sm", icon_name="send", type="submit"),
            button(t("shell.cancel"), kind="ghost", size="sm", on_click=SalesState.start_asking(False)),
            class_name="row",
        ),
        on_submit=SalesState.ask,
        class_name="sales-form",
    )


def pause_form() -> rx.Component:
    """Return the form that pauses a firm step."""
    reason = text_input(id="pause-reason", name="reason", required=True, auto_focus=True, max_length=300)
    return rx.el.form(
        field(t("sales.pause_because"), reason, control_id="pause-reason"),
        rx.el.div(
            button(t("sales.pause_until"), " ", SalesState.pause_label, kind="pri", size="sm", type="submit"),
            button(t("shell.cancel"), kind="ghost", size="sm", on_click=SalesState.start_pausing(-1)),
            class_name="row",
        ),
        on_submit=SalesState.pause,
        class_name="sales-form",
    )
