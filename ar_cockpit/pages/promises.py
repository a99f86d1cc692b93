"""Promises to pay: what was promised for when, and what came of it."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.agreements.ending import ending_dialog
from ar_cockpit.components.agreements.listing import customer_cell, in_currency, listing, state_cell
from ar_cockpit.components.controls import button, link
from ar_cockpit.components.frame.tabs import agreements_page
from ar_cockpit.components.layout import empty_state
from ar_cockpit.components.lists import wanted_exports
from ar_cockpit.components.tables import Column
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.listing import PROMISES
from ar_cockpit.state.agreements.promises import PromiseItem, PromisesState


@rx.page(route=routes.PROMISES, title=t("agreements.promises"), on_load=PromisesState.load)
def promises() -> rx.Component:
    """Draw the list, and the dialog that ends a promise."""
    again = link(t("invoices.clear"), href=routes.PROMISES + "/", class_name="btn")
    empty = empty_state(
        "calendar-check", t("agreements.promises.none"), t("agreements.promises.none.text"), again, small=True
    )
    return agreements_page(
        routes.PROMISES,
        listing(PromisesState, "promises", PROMISES.shows, _columns(), t("agreements.promises"), empty),
        ending_dialog(PromisesState, "agreements.promise.end.title", "agreements.promise.end.means"),
        actions=(wanted_exports(PromisesState),),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("customer", t("invoices.customer"), sortable=True, strong=True, cell=customer_cell),
        Column("invoices", t("agreements.invoices"), wide=True),
        Column("made_on", t("agreements.made_on"), sortable=True, wide=True),
        Column("promised_for", t("agreements.promised_for"), sortable=True),
        Column("amount", in_currency("agreements.amount"), numeric=True, sortable=True),
        Column("received", t("agreements.received"), numeric=True, sortable=True, wide=True),
        Column("state", t("invoices.state"), cell=state_cell),
        Column("owner", t("invoices.collector"), wide=True),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=_acts),
    )


def _acts(item: rx.Var[PromiseItem]) -> rx.Component:
    end = button(
        rx.el.span(t("agreements.end"), class_name="agr-word"),
        size="sm",
        icon_name="x",
        kind="ghost",
        aria_label=t("agreements.end") + " " + item.customer,
        on_click=PromisesState.ask_ending(item.key, item.customer),
    )
    return rx.cond(item.may_end & may(Permission.WORK_CUSTOMERS), end, rx.fragment())
