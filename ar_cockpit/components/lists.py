"""What stands around a long list: search, filters in force, exports."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import icon, link
from ar_cockpit.components.tables import export_links
from ar_cockpit.components.text import t


def list_search(state: Any) -> rx.Component:
    """Return a search box whose words go into the address when Enter is pressed."""
    box = rx.el.input(
        id="list-search",
        name="q",
        type="search",
        placeholder=t("lists.search"),
        aria_label=t("lists.search"),
        default_value=state.words,
        key=state.words,
        auto_complete="off",
        class_name="inp",
    )
    return rx.form(box, on_submit=state.search, class_name="list-search", custom_attrs={"role": "search"})


def filters_in_force(filters: Any) -> rx.Component:
    """Return a chip for each filter that has no control of its own; its cross takes it away."""

    def chip(one: Any) -> rx.Component:
        label = t("lists.remove") + " " + one.label
        return link(one.label, icon("x", 12), href=one.href, aria_label=label, class_name="chip")

    return rx.cond(filters.length() > 0, rx.el.div(rx.foreach(filters, chip), class_name="chips"), rx.fragment())


def wanted_exports(state: Any) -> rx.Component:
    """Return the downloads of the list, for those who may export."""
    return rx.cond(state.csv_href != "", export_links(state.csv_href, state.xlsx_href), rx.fragment())


def converted_parts(parts: Any) -> rx.Component:
    """Return what the sum of a list of several currencies is made of."""
    return rx.cond(parts != "", rx.el.p(parts, class_name="parts t2 f12"), rx.fragment())
