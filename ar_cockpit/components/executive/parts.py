"""Parts of the customers on the executive's screen: the menus that choose one, and where the receivables lie."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon, link
from ar_cockpit.components.explained import explained
from ar_cockpit.components.forms import param, select, tabs
from ar_cockpit.components.layout import card, card_head
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.executive.parts import EVERY, ConcentrationItem, PartItem
from ar_cockpit.state.executive.screen import ExecutiveState as State
from ar_cockpit.state.frame.session import SessionState


def menus() -> rx.Component:
    """Return the menus that choose a part of the customers; the choice is in the address."""
    listed = (
        ("segment", State.segments),
        ("collector", State.owners),
        ("sales", State.sales_owners),
        ("country", State.countries),
    )
    clear = button(t("parts.clear"), kind="ghost", size="sm", icon_name="x", on_click=State.clear_part)
    return rx.el.div(
        *(_menu(name, choices) for name, choices in listed),
        rx.cond(State.part_note != "", clear, rx.fragment()),
        class_name="row wrap part-menus",
        role="group",
        aria_label=t("parts.choose"),
    )


def _menu(name: str, choices: Any) -> rx.Component:
    value, choose = param(name, EVERY)
    return select(choices, value, choose, label=t(f"parts.label.{name}"))


def note() -> rx.Component:
    """Return what is left out while only a part of the customers is looked at."""
    words = rx.el.p(State.part_note, class_name="t2 f12 lead", role="status")
    return rx.cond(State.part_note != "", words, rx.fragment())


def where() -> rx.Component:
    """Return where the receivables lie, by one grouping at a time, and their concentration."""
    value, choose = param("where", "segment")
    choices = [(key, t(f"parts.by.{key}")) for key in ("segment", "country", "sales", "score")]
    head = rx.el.div(
        rx.el.h2(t("parts.where")),
        rx.el.span(class_name="sp"),
        tabs(choices, value, choose, label=t("parts.where")),
        class_name="ch bl wrap",
    )

    def amount(words: rx.Var[str], href: rx.Var[str]) -> rx.Component:
        return rx.cond(href != "", link(words, href=href, class_name="lnk"), words)

    def bar(item: rx.Var[PartItem]) -> rx.Component:
        return rx.el.span(rx.el.i(style={"width": item.width.to_string() + "%"}), class_name="pb")

    columns = (
        Column(
            "name",
            explained(t("parts.group"), t("parts.group.note")),
            strong=True,
            cell=lambda item: amount(item.name, item.href),
        ),
        Column("customers", t("parts.customers"), numeric=True, wide=True),
        Column(
            "open",
            t("executive.receivables") + " " + SessionState.currency,
            numeric=True,
            cell=lambda item: amount(item.open, item.open_href),
        ),
        Column("width", rx.el.span(t("parts.bar"), class_name="sr"), wide=True, cell=bar),
        Column(
            "overdue", t("executive.overdue"), numeric=True, cell=lambda item: amount(item.overdue, item.overdue_href)
        ),
        Column("share", "%", numeric=True),
    )
    sums = State.part_sums
    opened, overdue = (amount(sums[cell], State.part_hrefs[place]) for place, cell in enumerate((1, 2)))
    foot = (t("executive.all"), sums[0], opened, "", overdue, sums[3])
    listed = data_table(columns, State.part_items, caption=t("parts.where"), foot=foot)
    return rx.el.div(card(head, listed), _concentration(), class_name="where-parts")


def _concentration() -> rx.Component:
    def line(item: rx.Var[ConcentrationItem]) -> rx.Component:
        bar = rx.el.span(rx.el.i(style={"width": item.width.to_string() + "%"}), class_name="pb")
        return rx.el.tr(rx.el.td(item.label), rx.el.td(bar), rx.el.td(item.share, class_name="num b"))

    table = rx.el.table(
        rx.el.caption(t("parts.concentration"), class_name="sr"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(t("parts.largest"), scope="col"),
                rx.el.th(rx.el.span(t("parts.bar"), class_name="sr"), scope="col"),
                rx.el.th(t("parts.share"), scope="col", class_name="num"),
            )
        ),
        rx.el.tbody(rx.foreach(State.concentration, line)),
    )
    note = rx.el.p(State.concentration_note, class_name="t2 f12 pad-note")
    largest = link(
        t("parts.largest.all"), icon("chevron-right", 14), href=State.largest_href, class_name="btn ghost sm"
    )
    return card(
        card_head(explained(t("parts.concentration"), t("parts.concentration.note")), None, largest), table, note
    )
