"""The list at the left: search, mine or all, each customer with the word for its standing, worst first."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import badge, icon, link, named_icon
from ar_cockpit.components.forms import checkbox, param, tabs
from ar_cockpit.components.layout import card, empty_state, skeleton_rows
from ar_cockpit.components.text import t
from ar_cockpit.state.sales.mail import SalesMailState
from ar_cockpit.state.sales.rows import Listed
from ar_cockpit.state.sales.screen import SalesState


def customer_list() -> rx.Component:
    """Return the search and the list."""
    box = rx.el.input(
        id="find-customer",
        type="search",
        placeholder=t("sales.find"),
        aria_label=t("sales.find"),
        auto_complete="off",
        default_value=SalesState.words,
        on_change=SalesState.search.debounce(350),
    )
    scope = tabs(
        (("mine", t("sales.mine")), ("all", t("sales.all"))), *param("who", SalesState.scope), label=t("sales.whose")
    )
    head = rx.el.div(
        rx.cond(SalesState.may_see_all, scope, rx.el.b(t("sales.mine"), class_name="f12")),
        rx.el.span(class_name="sp"),
        rx.el.span(SalesState.listed_words, class_name="t2 f12"),
        class_name="row list-row",
    )
    nothing = empty_state("search-x", t("sales.none"), t("sales.none.text"), small=True)
    listed = rx.el.ul(rx.foreach(SalesState.customers, _customer))
    shown = rx.cond(SalesState.customers.length() > 0, listed, nothing)
    return rx.el.aside(
        rx.el.div(icon("search", 16), box, class_name="find"),
        head,
        card(rx.cond(SalesState.is_loaded, shown, skeleton_rows(8, (180, 60))), class_name="listed"),
        rx.cond(SalesMailState.is_offered, _weekly(), rx.fragment()),
        class_name="sales-list",
        aria_label=t("sales.customers_list"),
    )


def _weekly() -> rx.Component:
    words = t("weekly.wanted")
    tick = checkbox(words, checked=SalesMailState.is_wanted, on_change=SalesMailState.choose)
    return rx.el.div(tick, rx.el.span(words, aria_hidden="true"), class_name="row tick-line weekly-wanted f12")


def _customer(one: rx.Var[Listed]) -> rx.Component:
    is_here = SalesState.current == one.key
    content = (
        rx.el.span(
            rx.el.b(one.name, class_name="el"),
            rx.el.span(one.about, class_name="t2 f12 el"),
            rx.cond(
                one.trend != "",
                rx.el.span(named_icon(one.trend, 12), " ", one.trend_text, class_name="t2 f11 el trend"),
                rx.fragment(),
            ),
        ),
        badge(one.kind, one.word),
    )
    return rx.el.li(
        link(
            *content,
            href=one.href,
            class_name=rx.cond(is_here, "cust on", "cust"),
            aria_current=rx.cond(is_here, "true", "false"),
        ),
        key=one.key,
    )
