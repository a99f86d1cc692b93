"""The frame of a list of agreements: figures, ages to choose from, tabs, search, the table, its foot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, link
from ar_cockpit.components.forms import select, tabs
from ar_cockpit.components.layout import card, skeleton_rows
from ar_cockpit.components.lists import filters_in_force, list_search
from ar_cockpit.components.tables import Column, data_table, pager
from ar_cockpit.components.text import t
from ar_cockpit.state.agreements.shown import AgePart, Figure
from ar_cockpit.state.frame.session import SessionState


def listing(
    state: Any, name: str, shows: Sequence[str], columns: Sequence[Column], caption: Any, empty: Any
) -> rx.Component:
    """Return the list of ``state``; ``name`` is its message keys' own."""
    listed = data_table(columns, state.items, caption=caption, empty=empty)
    choices = [(show, t(f"agreements.show.{name}.{show}")) for show in shows]
    shown = tabs(choices, state.show, state.choose, label=t("agreements.show"))
    return rx.fragment(
        rx.cond(state.figures.length() > 0, _figures(state), rx.fragment()),
        card(
            rx.el.div(
                shown,
                rx.el.span(class_name="sp"),
                rx.cond(state.reason_choices.length() > 0, _menu(state, "reason"), rx.fragment()),
                rx.cond(state.owner_choices.length() > 2, _menu(state, "owner"), rx.fragment()),
                list_search(state),
                class_name="list-head",
            ),
            rx.cond(state.ages.length() > 0, _ages(state), rx.fragment()),
            filters_in_force(state.filters),
            rx.cond(state.is_loaded, listed, skeleton_rows(10)),
            pager(state.page, state.pages, state.sums),
            class_name="agr-list",
        ),
    )


def _menu(state: Any, name: str) -> rx.Component:
    """Return the menu that narrows the list to one owner, or one reason."""
    return select(
        getattr(state, f"{name}_choices"),
        getattr(state, name),
        lambda value: state.narrow(name, value),
        label=t(f"agreements.by_{name}"),
        class_name="small",
    )


def customer_cell(item: Any) -> rx.Component:
    """Return a customer's name, which leads to its record, and its company."""
    name = link(item.customer, href=item.customer_href, class_name="lnk")
    return rx.fragment(name, rx.el.span(item.company, class_name="cc"))


def state_cell(item: Any) -> rx.Component:
    """Return a state as a pill, or a quiet word where nothing is to be said of it."""
    return rx.cond(item.state_kind == "", rx.el.span(item.state, class_name="t2"), badge(item.state_kind, item.state))


def in_currency(key: str) -> Any:
    """Return a column's head with the currency of its amounts."""
    return t(key) + " " + SessionState.currency


def _figures(state: Any) -> rx.Component:
    def one(figure: rx.Var[Figure]) -> rx.Component:
        return rx.el.div(
            rx.el.dt(figure.label),
            rx.el.dd(rx.el.b(figure.value), rx.el.span(figure.note, class_name="t2 f12")),
        )

    return rx.el.dl(rx.foreach(state.figures, one), class_name="agr-figures")


def _ages(state: Any) -> rx.Component:
    def one(part: rx.Var[AgePart]) -> rx.Component:
        return link(
            rx.el.span(part.label, class_name="t2 f12"),
            rx.el.b(part.amount),
            rx.el.span(part.count, class_name="t2 f12"),
            href=part.href,
            class_name=rx.cond(part.is_chosen, "on", ""),
            aria_current=rx.cond(part.is_chosen, "true", "false"),
        )

    return rx.el.nav(rx.foreach(state.ages, one), class_name="agr-ages", aria_label=t("agreements.ages"))
