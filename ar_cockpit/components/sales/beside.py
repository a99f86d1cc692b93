"""The right column: what goes out next, who at finance looks after the customer, what was said last."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, icon, named_icon
from ar_cockpit.components.layout import card, card_head
from ar_cockpit.components.sales.standing_card import ask_form, pause_form
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.sales.rows import Coming, Said
from ar_cockpit.state.sales.screen import SalesState


def beside() -> rx.Component:
    """Return the column."""
    return rx.el.div(_coming(), _keeper(), _said(), class_name="sales-beside")


def _coming() -> rx.Component:
    nothing = rx.el.p(t("sales.nothing_coming"), class_name="t2 pad-text")
    paused = rx.el.div(
        icon("pause", 15),
        rx.el.div(SalesState.paused),
        rx.el.span(class_name="sp"),
        button(t("sales.resume"), size="sm", on_click=SalesState.resume),
        class_name="note b-watch paused",
    )
    return card(
        card_head(t("sales.coming")),
        rx.cond(SalesState.paused != "", paused, rx.fragment()),
        rx.cond(
            SalesState.coming.length() > 0,
            rx.el.ul(rx.foreach(SalesState.coming, _step), class_name="coming"),
            nothing,
        ),
        rx.cond(SalesState.is_pausing, pause_form(), rx.fragment()),
    )


def _step(step: rx.Var[Coming]) -> rx.Component:
    pause = button(t("sales.pause"), icon_name="pause", size="sm", on_click=SalesState.start_pausing(step.place))
    return rx.el.li(
        rx.el.span(named_icon(step.icon, 13), class_name="pi"),
        rx.el.div(
            rx.el.span(step.day, class_name="t2 f12"), rx.el.b(step.text), rx.el.span(step.about, class_name="t2 f12")
        ),
        rx.cond(step.may_pause & may(Permission.PAUSE_STEP), pause, rx.fragment()),
    )


def _keeper() -> rx.Component:
    ask = button(t("sales.ask"), icon_name="send", size="sm", on_click=SalesState.start_asking(True))
    phone = rx.el.a(icon("phone", 13), SalesState.keeper_phone, href=SalesState.keeper_href, class_name="btn sm")
    known = card(
        rx.el.div(
            rx.el.span(SalesState.keeper_initials, class_name="av keeper", aria_hidden="true"),
            rx.el.div(rx.el.b(SalesState.keeper), rx.el.div(t("sales.looks_after"), class_name="t2")),
            class_name="row",
        ),
        rx.el.div(
            rx.cond(may(Permission.WRITE_NOTE), ask, rx.fragment()),
            rx.cond(SalesState.keeper_phone != "", phone, rx.fragment()),
            class_name="row wrap",
        ),
        rx.cond(SalesState.is_asking, ask_form(), rx.fragment()),
        rx.cond(SalesState.thread.length() > 0, _thread(), rx.fragment()),
        class_name="keeper-card",
    )
    nobody = card(rx.el.p(t("sales.nobody_looks_after"), class_name="t2 pad-text"))
    return rx.cond(SalesState.keeper != "", known, nobody)


def _thread() -> rx.Component:
    def said(one: rx.Var[Said]) -> rx.Component:
        return rx.el.li(rx.el.p(one.text), rx.el.span(one.about, class_name="t2 f12"))

    return rx.el.div(
        rx.el.b(t("credit.thread"), class_name="f12"),
        rx.el.ul(rx.foreach(SalesState.thread, said), class_name="thread"),
    )


def _said() -> rx.Component:
    said = card(
        rx.el.h2(t("sales.said_last")),
        rx.el.p("“", SalesState.said.text, "”"),
        rx.el.span(SalesState.said.about, class_name="t2 f12"),
        class_name="said",
    )
    return rx.cond(SalesState.said.text != "", said, rx.fragment())
