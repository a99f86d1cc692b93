"""The order: its amount and terms, the answer with what would help, and what accepted ones keep of the limit."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import badge, button, icon_button
from ar_cockpit.components.forms import error_line, field, text_area, text_input
from ar_cockpit.components.layout import card
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.sales.orders import OrdersState
from ar_cockpit.state.sales.rows import KeptOrder, Way
from ar_cockpit.state.sales.screen import SalesState

_CARD, _ANSWER = SalesState.card, SalesState.answer


def order_card() -> rx.Component:
    """Return the question about an order and its answer."""
    form = rx.el.form(
        rx.el.label(t("sales.order"), html_for="order", class_name="b"),
        _amount(),
        rx.el.label(t("credit.order.paid_in"), html_for="order-terms", class_name="b"),
        _terms(),
        button(t("sales.check"), kind="pri", type="submit"),
        on_submit=SalesState.check,
        class_name="order-form",
    )
    kept = rx.el.div(
        rx.el.b(t("credit.orders"), class_name="f12"),
        rx.el.ul(rx.foreach(SalesState.kept, _kept), class_name="kept-orders"),
    )
    return card(
        form,
        error_line(SalesState.order_error, id="order-error"),
        rx.cond(_ANSWER.kind != "", _answer(), rx.fragment()),
        rx.cond(SalesState.kept.length() > 0, kept, rx.fragment()),
        class_name="order-card",
    )


def _amount() -> rx.Component:
    return rx.el.div(
        rx.el.span(_CARD.currency, aria_hidden="true"),
        rx.el.input(
            id="order",
            name="order",
            input_mode="decimal",
            auto_complete="off",
            default_value=SalesState.order,
            key=_CARD.key + SalesState.order,
            aria_describedby="order-error",
            aria_invalid=rx.cond(SalesState.order_error != "", "true", "false"),
        ),
        class_name="order-field",
    )


def _terms() -> rx.Component:
    return rx.el.div(
        rx.el.input(
            id="order-terms",
            name="terms",
            input_mode="numeric",
            auto_complete="off",
            max_length=3,
            default_value=SalesState.terms,
            key=_CARD.key + SalesState.terms,
        ),
        rx.el.span(t("credit.order.days"), aria_hidden="true"),
        class_name="order-field days",
    )


def _answer() -> rx.Component:
    instead = button(t("sales.check_instead"), " ", _ANSWER.acceptable, kind="ghost", on_click=SalesState.check_instead)
    ask = button(t("sales.ask_release"), icon_name="send", on_click=SalesState.start_asking(True))
    may_ask = (_ANSWER.kind != "ok") & (SalesState.keeper != "") & may(Permission.WRITE_NOTE)
    limit = button(t("credit.order.ask_limit"), icon_name="gauge", on_click=OrdersState.start_asking_limit(True))
    may_limit = (_ANSWER.limit_needed != "") & may(Permission.ASK_CREDIT)
    presses = rx.el.div(
        rx.cond(may_ask, ask, rx.fragment()),
        rx.cond(may_limit, limit, rx.fragment()),
        rx.cond(_ANSWER.acceptable != "", instead, rx.fragment()),
        class_name="row wrap",
    )
    return rx.fragment(
        rx.el.div(
            badge(_ANSWER.kind, _ANSWER.word),
            rx.el.p(_ANSWER.text, rx.cond(_ANSWER.acceptable != "", _up_to(), rx.fragment())),
            class_name="order-answer",
            role="status",
        ),
        rx.cond(_ANSWER.ways.length() > 0, _ways(), rx.fragment()),
        rx.cond(_ANSWER.kind != "ok", presses, rx.fragment()),
        rx.cond(OrdersState.is_asking_limit & may_limit, _limit_form(), rx.fragment()),
        rx.cond(_ANSWER.is_accepted & may(Permission.RESERVE_CREDIT), _keep_form(), rx.fragment()),
    )


def _up_to() -> rx.Component:
    return rx.fragment(" ", t("sales.up_to"), " ", rx.el.b(_ANSWER.acceptable), t("sales.up_to.end"))


def _ways() -> rx.Component:
    def way(one: rx.Var[Way]) -> rx.Component:
        return rx.el.li(one.text, rx.cond(one.invoices != "", rx.el.span(" ", one.invoices, class_name="t2")))

    return rx.el.div(
        rx.el.b(t("credit.order.would_help"), class_name="f12"),
        rx.el.ul(rx.foreach(_ANSWER.ways, way), class_name="ways"),
    )


def _keep_form() -> rx.Component:
    number = text_input(id="order-number", name="number", required=True, max_length=80, auto_complete="off")
    return rx.el.form(
        field(
            t("credit.order.number"),
            number,
            control_id="order-number",
            hint=t("credit.order.keep.hint"),
            error=OrdersState.keep_error,
        ),
        rx.el.div(button(t("credit.order.keep"), size="sm", icon_name="check", type="submit"), class_name="row"),
        on_submit=OrdersState.keep,
        class_name="sales-form",
    )


def _limit_form() -> rx.Component:
    amount = text_input(
        id="limit-wanted",
        name="amount",
        input_mode="decimal",
        default_value=_ANSWER.limit_needed,
        key=_ANSWER.limit_needed,
        required=True,
        auto_complete="off",
    )
    reason = text_area(id="limit-why", name="reason", rows=2, max_length=500, required=True)
    return rx.el.form(
        field(t("credit.limit"), amount, control_id="limit-wanted"),
        field(t("credit.why"), reason, control_id="limit-why", error=OrdersState.limit_error),
        rx.el.div(
            button(t("credit.order.send_limit"), kind="pri", size="sm", icon_name="send", type="submit"),
            button(t("shell.cancel"), kind="ghost", size="sm", on_click=OrdersState.start_asking_limit(False)),
            class_name="row",
        ),
        on_submit=OrdersState.ask_limit,
        class_name="sales-form",
    )


def _kept(one: rx.Var[KeptOrder]) -> rx.Component:
    back = icon_button(
        "x", t("credit.order.give_back") + " " + one.number, size="sm", on_click=OrdersState.give_back(one.key)
    )
    return rx.el.li(
        rx.el.span(rx.el.b(one.number), " ", rx.el.span(one.until, class_name="t2 f12")),
        rx.el.span(class_name="sp"),
        rx.el.b(one.amount),
        rx.cond(may(Permission.RESERVE_CREDIT), back, rx.fragment()),
        class_name="row",
    )
