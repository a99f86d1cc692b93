"""Customers, and what they owe."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import link
from ar_cockpit.components.credit.onboarding import new_customer_link
from ar_cockpit.components.forms import select, tabs
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.layout import card, empty_state, page_head, skeleton_rows
from ar_cockpit.components.lists import converted_parts, filters_in_force, list_search, wanted_exports
from ar_cockpit.components.tables import Column, data_table, pager
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.figures.listing import ARCHIVED, Show
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.customers import CustomerItem, CustomersState, GroupItem


@rx.page(route=routes.CUSTOMERS, title=t("customers.title"), on_load=CustomersState.load)
def customers() -> rx.Component:
    """Draw the list with its filter, its sums and its exports."""
    clear = link(t("invoices.clear"), href=routes.CUSTOMERS + "/", class_name="btn")
    listed = data_table(
        _columns(),
        CustomersState.items,
        caption=t("customers.title"),
        empty=empty_state("users", t("customers.none"), t("customers.none.text"), clear, small=True),
    )
    return page_frame(
        routes.CUSTOMERS,
        page_head(t("customers.title"), SessionState.as_of_label, new_customer_link(), wanted_exports(CustomersState)),
        card(
            rx.el.div(
                _shown(),
                rx.el.span(class_name="sp"),
                _segments(),
                _gathered(),
                list_search(CustomersState),
                class_name="list-head",
            ),
            filters_in_force(CustomersState.filters),
            rx.cond(CustomersState.is_loaded, rx.cond(CustomersState.by_group, _groups(), listed), skeleton_rows(12)),
            converted_parts(CustomersState.parts),
            pager(CustomersState.page, CustomersState.pages, CustomersState.sums),
        ),
        permission=Permission.VIEW_CUSTOMERS,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("name", t("customers.name"), sortable=True, strong=True, cell=_name),
        Column("company", t("customers.company"), wide=True),
        Column("overdue", _in_currency("customers.overdue"), numeric=True, sortable=True, cell=_linked("overdue")),
        Column("oldest", t("customers.oldest"), numeric=True, sortable=True, wide=True),
        Column("open", _in_currency("customers.open"), numeric=True, sortable=True, cell=_linked("open")),
        Column("segment", t("customers.segment"), wide=True, note=t("customers.segment.note")),
        Column("limit", t("customers.limit"), numeric=True, wide=True),
        Column("collector", t("customers.collector"), wide=True),
        Column("sales", t("customers.sales"), wide=True),
    )


def _name(item: rx.Var[CustomerItem]) -> rx.Component:
    place = rx.el.span(item.code, " ", item.country, class_name="cc")
    return rx.fragment(link(item.name, href=item.href, class_name="lnk"), place)


def _linked(key: str) -> Any:
    return lambda item: link(getattr(item, key), href=getattr(item, f"{key}_href"), class_name="lnk")


def _shown() -> rx.Component:
    shown = (Show.ALL.value, Show.OVERDUE.value, ARCHIVED)
    choices = [(show, t(f"customers.show.{show}")) for show in shown]
    return tabs(choices, CustomersState.show, CustomersState.choose, label=t("invoices.show"))


def _segments() -> rx.Component:
    chosen = select(
        CustomersState.segments,
        CustomersState.segment,
        CustomersState.choose_segment,
        label=t("customers.segment.choose"),
    )
    return rx.cond((CustomersState.segments.length() > 1) & ~CustomersState.by_group, chosen, rx.fragment())


def _gathered() -> rx.Component:
    choices = [(key, t(f"groups.by.{key}")) for key in ("customer", "group")]
    chosen = rx.cond(CustomersState.by_group, "group", "customer")
    return tabs(choices, chosen, CustomersState.gather, label=t("groups.by"))


def _groups() -> rx.Component:
    def name(item: rx.Var[GroupItem]) -> rx.Component:
        code = rx.el.span(item.code, class_name="cc")
        return rx.fragment(link(item.name, href=item.href, class_name="lnk"), code)

    columns = (
        Column("name", t("groups.head"), sortable=True, strong=True, cell=name),
        Column("company", t("customers.company")),
        Column("members", t("groups.customers"), numeric=True),
        Column("overdue", t("customers.overdue"), numeric=True, sortable=True),
        Column("oldest", t("customers.oldest"), numeric=True, sortable=True),
        Column("open", t("customers.open"), numeric=True, sortable=True),
    )
    empty = empty_state("users", t("customers.none"), t("customers.none.text"), small=True)
    return data_table(columns, CustomersState.groups, caption=t("groups.by.group"), empty=empty)


def _in_currency(key: str) -> Any:
    return t(key) + " " + CustomersState.head_currency
