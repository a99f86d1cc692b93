"""Reminders: the plan of a day, looked through before it goes."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, icon
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.forms import checkbox
from ar_cockpit.components.frame.tabs import reminders_page
from ar_cockpit.components.layout import card, skeleton_rows
from ar_cockpit.components.lists import filters_in_force, list_search, wanted_exports
from ar_cockpit.components.reminders import day
from ar_cockpit.components.reminders.preview import preview_dialog
from ar_cockpit.components.reminders.stop import stop_banner, stop_button
from ar_cockpit.components.tables import pager
from ar_cockpit.components.text import t
from ar_cockpit.state.reminders.day import DayState


@rx.page(route=routes.REMINDERS, title=t("review.title"), on_load=DayState.load)
def reminders() -> rx.Component:
    """Draw the day: its sums, and a table for the part that is shown."""
    table = rx.match(
        DayState.show,
        ("tasks", day.tasks()),
        ("held", rx.fragment(day.reasons(), day.held())),
        ("gone", day.gone()),
        ("manual", day.by_hand()),
        rx.fragment(day.messages(), day.excluded()),
    )
    return reminders_page(
        routes.REMINDERS,
        stop_banner(),
        day.others(),
        rx.cond(DayState.is_loaded, day.sums(), card(skeleton_rows(2))),
        card(
            rx.el.div(day.choices(), rx.el.span(class_name="sp"), list_search(DayState), class_name="list-head"),
            filters_in_force(DayState.filters),
            _send_bar(),
            rx.cond(DayState.is_loaded, table, skeleton_rows(12)),
            pager(DayState.page, DayState.pages, DayState.sums),
        ),
        preview_dialog(DayState),
        actions=(wanted_exports(DayState), stop_button()),
    )


def _send_bar() -> rx.Component:
    every = rx.el.label(
        checkbox(t("review.tick_all"), checked=DayState.is_any_ticked, on_change=DayState.tick_all),
        rx.el.span(t("review.tick_all"), aria_hidden="true"),
        class_name="row f12",
    )
    send = button(
        rx.cond(DayState.is_sending, t("review.sending"), DayState.send_words),
        kind="pri",
        icon_name="send",
        disabled=DayState.is_sending,
        on_click=DayState.confirm,
    )
    why_not = rx.el.span(icon("info", 13), t("review.send.none"), class_name="t2 f12 row")
    ask = confirm_dialog(
        DayState.is_confirming,
        t("review.send.title"),
        DayState.consequences,
        t("review.send.now"),
        DayState.send,
        DayState.cancel,
    )
    bar = rx.el.div(
        every,
        rx.el.span(class_name="sp"),
        rx.cond((DayState.send_words != "") | DayState.is_sending, send, why_not),
        ask,
        class_name="list-head",
    )
    return rx.cond((DayState.show == "messages") & (DayState.messages.length() > 0), bar, rx.fragment())
