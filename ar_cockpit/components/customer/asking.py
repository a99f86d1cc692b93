"""The dialogs of the customer page: a pause, the agreed rate, a merge in two steps. Once a page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon
from ar_cockpit.components.customer.contacts import contact_dialog
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import field, text_input
from ar_cockpit.components.text import t
from ar_cockpit.state.customer.acts import CustomerActs
from ar_cockpit.state.customer.ending import CustomerEnding
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.frame.session import SessionState


def record_dialogs() -> rx.Component:
    """Return every dialog of the record's tabs."""
    return rx.fragment(contact_dialog(), _pausing(), _rate(), _merging())


def _pausing() -> rx.Component:
    day = text_input(id="pause-day", name="day", type="date", required=True, min=SessionState.as_of)
    reason = text_input(id="pause-reason", name="reason", required=True, max_length=300)
    form = rx.el.form(
        rx.el.p(t("record.pause.means"), class_name="t2"),
        field(t("record.pause.day"), day, control_id="pause-day"),
        field(t("record.pause.reason"), reason, control_id="pause-reason"),
        _error(CustomerActs.pause_error),
        _foot(CustomerActs.ask_pausing(False), t("record.pause")),
        on_submit=CustomerActs.pause,
        class_name="dialog-form",
    )
    return dialog(CustomerActs.is_pausing, CustomerActs.ask_pausing, t("record.pause.title"), form, width="420px")


def _rate() -> rx.Component:
    rate = text_input(
        id="late-rate", name="rate", default_value=CustomerMore.terms.rate_plain, input_mode="decimal", auto_focus=True
    )
    form = rx.el.form(
        rx.el.p(t("record.rate.means"), class_name="t2"),
        field(t("record.rate.percent"), rate, control_id="late-rate", hint=t("record.rate.empty")),
        _error(CustomerActs.rate_error),
        _foot(CustomerActs.ask_rate(False), t("record.rate.save")),
        on_submit=CustomerActs.save_rate,
        class_name="dialog-form",
    )
    return dialog(CustomerActs.is_rating, CustomerActs.ask_rate, t("record.rate"), form, width="420px")


def _merging() -> rx.Component:
    ending = CustomerEnding
    code = text_input(id="merge-code", name="code", required=True, auto_focus=True, max_length=80)
    asking = rx.el.form(
        rx.el.p(t("record.merge.means"), class_name="t2"),
        field(t("record.merge.code"), code, control_id="merge-code"),
        _error(ending.merge_error),
        _foot(ending.ask_merging(False), t("record.merge.look")),
        on_submit=ending.look_at_merge,
        class_name="dialog-form",
    )
    reason = text_input(id="merge-reason", name="reason", required=True, auto_focus=True, max_length=300)
    telling = rx.el.form(
        rx.el.p(rx.el.b(CustomerMore.customer_name), " → ", rx.el.b(ending.target_name)),
        rx.el.ul(rx.foreach(ending.moves, rx.el.li), class_name="moves"),
        rx.el.div(icon("triangle-alert", 15), rx.el.div(t("record.merge.final")), class_name="note b-watch"),
        field(t("record.merge.reason"), reason, control_id="merge-reason"),
        _error(ending.merge_error),
        _foot(ending.ask_merging(False), t("record.merge.do"), kind="danger"),
        on_submit=ending.merge,
        class_name="dialog-form",
    )
    form = rx.cond(ending.target_name == "", asking, telling)
    return dialog(ending.is_merging, ending.ask_merging, t("record.merge.title"), form, width="460px")


def _error(words: Any) -> rx.Component:
    told = rx.el.p(icon("triangle-alert", 13), words, role="alert", class_name="fld-error")
    return rx.cond(words != "", told, rx.fragment())


def _foot(cancel: Any, words: Any, kind: str = "pri") -> rx.Component:
    return rx.el.div(
        button(t("shell.cancel"), on_click=cancel), button(words, kind=kind, type="submit"), class_name="row end"
    )
