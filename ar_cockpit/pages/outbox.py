"""The outbox: every mail, what became of it, and what is to be done about it."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.frame.tabs import reminders_page
from ar_cockpit.components.frame.ticker import ticker
from ar_cockpit.components.layout import card, skeleton_rows
from ar_cockpit.components.lists import filters_in_force, list_search, wanted_exports
from ar_cockpit.components.outbox.listing import choices, confirmation, listed, pace, selection
from ar_cockpit.components.outbox.message import message_dialog
from ar_cockpit.components.tables import pager
from ar_cockpit.components.text import t
from ar_cockpit.state.outbox.message import OutboxMessage
from ar_cockpit.state.outbox.screen import OutboxState

REFRESH_SECONDS = 3


@rx.page(route=routes.OUTBOX, title=t("outbox.title"), on_load=[OutboxState.load, OutboxMessage.open])
def outbox() -> rx.Component:
    """Draw the pace, the list with its bulk actions, and the message that is open."""
    return reminders_page(
        routes.OUTBOX,
        pace(),
        card(
            rx.el.div(choices(), rx.el.span(class_name="sp"), list_search(OutboxState), class_name="list-head"),
            filters_in_force(OutboxState.filters),
            selection(),
            rx.cond(OutboxState.is_loaded, listed(), skeleton_rows(12)),
            pager(OutboxState.page, OutboxState.pages, OutboxState.sums),
        ),
        message_dialog(),
        confirmation(),
        ticker(REFRESH_SECONDS, OutboxState.refresh),
        actions=(wanted_exports(OutboxState),),
    )
