"""Cash ahead: what comes by day, week and summed up, what drives it, what if, and how the last quarter went."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components import cash_ahead as parts
from ar_cockpit.components.frame.tabs import forecast_page
from ar_cockpit.components.layout import card, empty_state, skeleton_block
from ar_cockpit.components.lists import wanted_exports
from ar_cockpit.components.text import t
from ar_cockpit.state.forecast.cash import CashAheadState


@rx.page(route=routes.CASH_AHEAD, title=t("ahead.page"), on_load=CashAheadState.load)
def cash_ahead() -> rx.Component:
    """Draw the cash to come."""
    empty = card(empty_state("trending-up", t("ahead.none"), t("ahead.none.text")))
    shown = rx.fragment(
        parts.chart(),
        parts.payers(),
        parts.what_if(),
        parts.kinds(),
        parts.customers(),
        parts.places(),
        parts.judged(),
    )
    return forecast_page(
        routes.CASH_AHEAD,
        rx.el.div(parts.views(), rx.el.span(class_name="sp"), wanted_exports(CashAheadState), class_name="row wrap"),
        rx.cond(
            CashAheadState.is_loaded,
            rx.cond(CashAheadState.is_empty, empty, shown),
            card(skeleton_block(320), class_name="pad"),
        ),
    )
