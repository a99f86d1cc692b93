"""Sales: may I take this order, and what is going on with this customer."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.documents.dialog import document_dialog
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.layout import card, empty_state, skeleton_block
from ar_cockpit.components.sales.beside import beside
from ar_cockpit.components.sales.finding import customer_list
from ar_cockpit.components.sales.order_card import order_card
from ar_cockpit.components.sales.standing_card import back_to_list, invoices_card, standing_card
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.sales.mail import SalesMailState
from ar_cockpit.state.sales.screen import SalesState


@rx.page(route=routes.SALES, title=t("sales.title"), on_load=[SalesState.load, SalesMailState.load])
def sales() -> rx.Component:
    """Draw the list, the card and what stands beside it."""
    found = rx.fragment(
        rx.el.div(standing_card(), order_card(), invoices_card(), class_name="sales-card"),
        beside(),
    )
    bones = rx.el.div(
        card(skeleton_block(230), class_name="std"), card(skeleton_block(70), class_name="std"), class_name="sales-card"
    )
    missing = card(empty_state("users", t("sales.nobody"), SalesState.missing, back_to_list()))
    nobody = card(empty_state("store", t("sales.nobody"), t("sales.nobody.text")))
    chosen = rx.cond(SalesState.missing != "", missing, nobody)
    content = rx.cond(SalesState.has_card, found, rx.cond(SalesState.is_loaded, chosen, bones))
    return page_frame(
        routes.SALES,
        rx.el.h1(t("sales.heading"), class_name="sr"),
        rx.el.div(customer_list(), content, class_name="sales", custom_attrs={"data-pane": SalesState.pane}),
        document_dialog(),
        permission=Permission.VIEW_STANDING,
    )
