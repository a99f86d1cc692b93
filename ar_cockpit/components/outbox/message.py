"""One message: the mail as it went, what it lists, what happened to it, and what to do, with the consequences said."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, named_icon
from ar_cockpit.components.dialogs import close_cross, dialog
from ar_cockpit.components.forms import field, text_input
from ar_cockpit.components.layout import note
from ar_cockpit.components.mail_frame import mail_frame
from ar_cockpit.components.outbox.listing import state_badge
from ar_cockpit.components.text import t
from ar_cockpit.state.outbox.message import OutboxMessage
from ar_cockpit.state.outbox.rows import HistoryLine, InvoiceOf


def message_dialog() -> rx.Component:
    """Return the dialog of the message that the address names."""
    body = rx.el.div(
        rx.el.div(_head(), _acts(), _invoices(), _history(), class_name="outbox-facts"),
        _mail(),
        class_name="outbox-message",
    )
    close = close_cross(OutboxMessage.close)
    return dialog(
        OutboxMessage.key != "", lambda _open: OutboxMessage.close, OutboxMessage.title, close, body, width="1040px"
    )


def _head() -> rx.Component:
    why = rx.el.p(OutboxMessage.why, class_name="t2 f12 outbox-why")
    return rx.el.div(
        rx.el.p(
            state_badge(OutboxMessage.state_kind, OutboxMessage.state_icon, OutboxMessage.state_words),
            rx.el.span(OutboxMessage.to, class_name="el"),
            class_name="row",
        ),
        rx.cond(OutboxMessage.why != "", why, rx.fragment()),
    )


def _acts() -> rx.Component:
    acts = rx.match(
        OutboxMessage.stands,
        ("unknown", _unknown()),
        ("failed", _failed()),
        ("queued", _queued()),
        ("bounced", _bounced()),
        rx.fragment(),
    )
    return rx.cond(OutboxMessage.may_decide, acts, rx.fragment())


def _unknown() -> rx.Component:
    return note(
        "watch",
        rx.el.p(t("outbox.unknown.text")),
        _choice(t("outbox.went"), t("outbox.went.text"), OutboxMessage.say_sent, "check"),
        _choice(t("outbox.again"), t("outbox.again.text"), OutboxMessage.say_again, "send"),
        icon_name="circle-alert",
    )


def _failed() -> rx.Component:
    return note(
        "bad",
        rx.el.p(t("outbox.failed.text")),
        _address(t("outbox.send_to"), OutboxMessage.send_to),
        _choice(t("outbox.take_back"), t("outbox.take_back.text"), OutboxMessage.take_back, "x"),
        icon_name="x",
    )


def _queued() -> rx.Component:
    return _choice(t("outbox.take_back"), t("outbox.take_back.text"), OutboxMessage.take_back, "x")


def _bounced() -> rx.Component:
    clear = _choice(t("outbox.clear_mark"), t("outbox.clear_mark.text"), OutboxMessage.clear, "check")
    marked = rx.fragment(_address(t("outbox.correct"), OutboxMessage.correct), clear)
    text = rx.cond(OutboxMessage.is_marked, t("outbox.bounced.text"), t("outbox.bounced.unmarked"))
    return note("bad", rx.el.p(text), rx.cond(OutboxMessage.is_marked, marked, rx.fragment()), icon_name="mail-x")


def _choice(label: Any, consequence: Any, on_click: Any, icon_name: str) -> rx.Component:
    return rx.el.div(
        button(label, size="sm", icon_name=icon_name, on_click=on_click),
        rx.el.span(consequence, class_name="f12 in"),
        class_name="outbox-choice",
    )


def _address(label: Any, on_click: Any) -> rx.Component:
    box = text_input(
        id="outbox-address",
        type="email",
        value=OutboxMessage.address,
        on_change=OutboxMessage.write_address,
        auto_complete="off",
    )
    return rx.el.div(
        field(t("outbox.address"), box, control_id="outbox-address"),
        button(label, kind="pri", size="sm", icon_name="send", on_click=on_click),
        class_name="outbox-address",
    )


def _invoices() -> rx.Component:
    def line(one: rx.Var[InvoiceOf]) -> rx.Component:
        out = rx.el.span(one.dropped, class_name="t2 f11")
        return rx.el.li(
            rx.el.span(one.number, class_name="b"),
            rx.cond(one.dropped != "", out, rx.fragment()),
            rx.el.span(class_name="sp"),
            rx.el.span(one.open, class_name="num"),
            class_name="row",
        )

    return rx.fragment(
        rx.el.h3(t("outbox.invoices")), rx.el.ul(rx.foreach(OutboxMessage.invoices, line), class_name="outbox-lines")
    )


def _history() -> rx.Component:
    def line(one: rx.Var[HistoryLine]) -> rx.Component:
        text = rx.el.p(one.text, class_name="f12 outbox-said")
        return rx.el.li(
            rx.el.p(
                named_icon(one.icon, 13),
                rx.el.span(one.what, class_name="b"),
                rx.el.span(class_name="sp"),
                rx.el.span(one.when, class_name="t2 f11"),
                class_name="row",
            ),
            rx.cond(one.words != "", rx.el.p(one.words, class_name="t2 f12"), rx.fragment()),
            rx.cond(one.text != "", text, rx.fragment()),
        )

    return rx.fragment(
        rx.el.h3(t("outbox.history")), rx.el.ol(rx.foreach(OutboxMessage.history, line), class_name="outbox-lines")
    )


def _mail() -> rx.Component:
    sheet = mail_frame(OutboxMessage.html, t("outbox.mail"), "outbox-sheet")
    plain = rx.el.pre(OutboxMessage.text, class_name="outbox-text", tab_index=0)
    return rx.el.div(rx.cond(OutboxMessage.html != "", sheet, plain), class_name="outbox-frame")
