"""The step's message as it would go to a customer of the segment."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.forms import select
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_block
from ar_cockpit.components.mail_frame import mail_frame
from ar_cockpit.components.text import t
from ar_cockpit.state.cadences.trying import TryingState


def trying_card() -> rx.Component:
    """Return the pane of the message."""
    return card(_message(), class_name="try-card")


def _message() -> rx.Component:
    customer = select(
        TryingState.tried_customers,
        TryingState.tried_customer,
        TryingState.choose_customer,
        label=t("cadences.try.customer"),
        class_name="small",
    )
    language = select(
        TryingState.tried_languages,
        TryingState.tried.language,
        TryingState.choose_tried_language,
        label=t("cadences.try.language"),
        class_name="small",
    )
    choices = rx.fragment(
        rx.cond(TryingState.tried_customer != "", customer), rx.cond(TryingState.tried.language != "", language)
    )
    nothing = empty_state("mail-x", t("cadences.try.none"), TryingState.tried_problem, small=True)
    first = TryingState.is_trying & (TryingState.tried.html == "")
    shown = rx.cond(TryingState.tried.html != "", _sheet(), nothing)
    return rx.fragment(
        card_head(t("cadences.try"), None, choices),
        rx.cond(first, rx.el.div(skeleton_block(300), class_name="cad-form"), shown),
    )


def _sheet() -> rx.Component:
    made = TryingState.tried
    return rx.el.div(
        rx.el.dl(
            rx.el.div(rx.el.dt(t("cadences.try.to"), class_name="t2"), rx.el.dd(made.recipient)),
            rx.el.div(rx.el.dt(t("cadences.try.subject"), class_name="t2"), rx.el.dd(rx.el.b(made.subject))),
            class_name="try-head",
        ),
        rx.cond(made.is_invented, rx.el.div(note("info", t("cadences.try.invented")), class_name="try-note")),
        mail_frame(made.html, t("cadences.try"), "try-sheet"),
        class_name="try-body",
        aria_busy=rx.cond(TryingState.is_trying, "true", "false"),
    )
