"""The stop of all reminders: a banner while it stands, and the button of who may press it."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, icon
from ar_cockpit.components.dialogs import confirm_dialog, dialog
from ar_cockpit.components.forms import field, text_area
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.reminders.stop import StopLine, StopState


def stop_banner() -> rx.Component:
    """Return what is stopped, by whom and why, with its release for who may; nothing while nothing is."""

    def line(one: rx.Var[StopLine]) -> rx.Component:
        release = button(t("review.stop.release"), size="sm", on_click=StopState.ask_release(one.company))
        return rx.el.div(
            icon("octagon-alert", 16),
            rx.el.div(rx.el.b(one.text), " ", rx.el.span(one.reason, class_name="why"), class_name="stop-words"),
            rx.cond(may(Permission.RUN_JOBS), release, rx.fragment()),
            class_name="stop-bar",
            role="alert",
        )

    confirmation = confirm_dialog(
        StopState.is_releasing,
        t("review.stop.release.title"),
        StopState.release_words,
        t("review.stop.release"),
        StopState.release_asked,
        StopState.cancel,
    )
    listed = rx.foreach(StopState.stops, line)
    return rx.el.div(listed, confirmation, on_mount=StopState.look, class_name="stops")


def stop_button() -> rx.Component:
    """Return the button that stops everything, for who may."""
    what = rx.cond(SessionState.company == "", t("review.stop.of_all"), SessionState.company_name)
    form = rx.form(
        note("bad", rx.el.b(what), rx.el.br(), t("review.stop.consequences"), icon_name="octagon-alert"),
        field(
            t("review.stop.reason"),
            text_area(id="stop-reason", name="reason", rows=2, max_length=500, required=True),
            control_id="stop-reason",
        ),
        rx.el.div(
            button(t("shell.cancel"), on_click=StopState.ask(False)),
            button(t("review.stop.now"), kind="danger", icon_name="octagon-alert", type="submit"),
            class_name="row dialog-acts",
        ),
        on_submit=StopState.stop,
        class_name="review-form",
    )
    press = button(t("review.stop"), kind="danger", icon_name="octagon-alert", on_click=StopState.ask(True))
    window = dialog(StopState.is_stopping, StopState.ask, t("review.stop.title"), form, width="460px")
    return rx.cond(may(Permission.RUN_JOBS), rx.fragment(press, window), rx.fragment())
