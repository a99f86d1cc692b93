"""Above the panes: somebody else is at this customer, or it has left the list, and what to do."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, icon
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.presence import CollectorPresence
from ar_cockpit.state.collector.screen import CollectorState


def presence_bar() -> rx.Component:
    """Return the one line that matters: done by somebody else, else open at somebody else's."""
    on = button(t("queue.next"), size="sm", on_click=CollectorActs.on_key("j", ""))
    gone = rx.el.div(
        icon("check", 15), rx.el.b(CollectorState.gone_words), rx.el.span(class_name="sp"), on, class_name="here-bar"
    )
    taken = rx.el.div(
        icon("user", 15),
        rx.el.b(CollectorState.taken_words),
        rx.el.span(class_name="sp"),
        button(t("queue.take_over"), size="sm", on_click=CollectorPresence.take_over),
        on,
        class_name="here-bar",
    )
    shown = rx.cond(
        CollectorState.gone_words != "", gone, rx.cond(CollectorState.taken_words != "", taken, rx.fragment())
    )
    return rx.el.div(shown, role="status")
