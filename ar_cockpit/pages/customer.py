"""A customer's own page: the record, what happened and what is planned, at an address that other pages lead to."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import icon, link, link_button
from ar_cockpit.components.customer.asking import record_dialogs
from ar_cockpit.components.customer.contacts import contact_list
from ar_cockpit.components.customer.invoices import open_invoices
from ar_cockpit.components.customer.record import record_ageing, record_figures, record_head
from ar_cockpit.components.customer.tabs import record_tabs
from ar_cockpit.components.documents.dialog import document_dialog
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.frame.ticker import ticker
from ar_cockpit.components.layout import card, empty_state, note, skeleton_block
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.customer.live import CustomerLive
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.customer.screen import CustomerState

REFRESH_SECONDS = 2


@rx.page(
    route=routes.CUSTOMER,
    title=t("record.title"),
    on_load=[CustomerLive.begin, CustomerState.load, CustomerMore.load],
)
def customer() -> rx.Component:
    """Draw the record at the left and its tabs at the right."""
    state = CustomerState
    work = link_button(t("record.work"), href=state.cockpit_href, size="sm", icon_name="list-checks")
    presses = rx.cond(state.cockpit_href != "", work, rx.fragment())
    moved = rx.cond(state.moved != "", note("info", state.moved), rx.fragment())
    archived = rx.cond(CustomerMore.terms.archived != "", note("watch", CustomerMore.terms.archived), rx.fragment())
    every = link(t("record.invoices.every"), href=state.invoices_href, class_name="lnk f12")
    left = card(
        record_head(state, moved, presses=presses, level="h1"),
        rx.cond(CustomerMore.has_more, archived, rx.fragment()),
        record_figures(state),
        record_ageing(state),
        contact_list(state),
        open_invoices(state, more=every),
        class_name="rec-card",
    )
    found = rx.el.div(left, card(record_tabs(state), class_name="rec-card"), class_name="rec-page")
    back = link(icon("arrow-left", 16), t("record.back"), href=state.list_href, class_name="btn")
    missing = card(empty_state("users", t("record.nobody"), state.missing, back, is_page=True))
    bones = card(skeleton_block(90), skeleton_block(50), skeleton_block(260), class_name="rec-bones")
    return page_frame(
        routes.CUSTOMERS,
        rx.cond(state.has_record, found, rx.cond(state.is_loaded, missing, bones)),
        record_dialogs(),
        document_dialog(),
        ticker(REFRESH_SECONDS, CustomerLive.refresh),
        permission=Permission.VIEW_CUSTOMERS,
    )
