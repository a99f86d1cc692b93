"""The dialogs of the customer page: a pause, the agreed rate, the numbers, a merge in two steps. Once a page."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import icon
from ar_cockpit.components.customer.contacts import contact_dialog
from ar_cockpit.components.dialogs import dialog, form_dialog, form_foot
from ar_cockpit.components.forms import error_line, field, text_input
from ar_cockpit.components.text import t
from ar_cockpit.state.customer.acts import CustomerActs
from ar_cockpit.state.customer.ending import CustomerEnding
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.frame.session import SessionState


def record_dialogs() -> rx.Component:
    """Return every dialog of the record's tabs."""
    return rx.fragment(contact_dialog(), _pausing(), _rate(), _numbers(), _merging())


def _pausing() -> rx.Component:
    day = text_input(id="pause-day", name="day", type="date", required=True, min=SessionState.as_of)
    reason = text_input(id="pause-reason", name="reason", required=True, max_length=300)
    return form_dialog(
        CustomerActs.is_pausing,
        CustomerActs.ask_pausing(False),
        t("record.pause.title"),
        rx.el.p(t("record.pause.means"), class_name="t2"),
        field(t("record.pause.day"), day, control_id="pause-day"),
        field(t("record.pause.reason"), reason, control_id="pause-reason"),
        error_line(CustomerActs.pause_error),
        send=t("record.pause"),
        on_submit=CustomerActs.pause,
        width="420px",
    )


def _rate() -> rx.Component:
    rate = text_input(
        id="late-rate", name="rate", default_value=CustomerMore.terms.rate_plain, input_mode="decimal", auto_focus=True
    )
    return form_dialog(
        CustomerActs.is_rating,
        CustomerActs.ask_rate(False),
        t("record.rate"),
        rx.el.p(t("record.rate.means"), class_name="t2"),
        field(t("record.rate.percent"), rate, control_id="late-rate", hint=t("record.rate.empty")),
        error_line(CustomerActs.rate_error),
        send=t("record.rate.save"),
        on_submit=CustomerActs.save_rate,
        width="420px",
    )


def _numbers() -> rx.Component:
    more = CustomerMore
    lei = text_input(
        id="number-lei", name="lei", default_value=more.lei, max_length=60, auto_complete="off", auto_focus=True
    )
    iban = text_input(id="number-iban", name="iban", default_value=more.iban, max_length=60, auto_complete="off")
    return form_dialog(
        CustomerActs.is_numbering,
        CustomerActs.ask_numbers(False),
        t("onboarding.identity.change"),
        rx.el.p(t("onboarding.identity.means"), class_name="t2"),
        field(t("onboarding.field.lei"), lei, control_id="number-lei"),
        field(t("onboarding.field.iban"), iban, control_id="number-iban", hint=t("onboarding.iban.hint")),
        error_line(CustomerActs.numbers_error),
        send=t("onboarding.identity.save"),
        on_submit=CustomerActs.save_numbers,
        width="420px",
    )


def _merging() -> rx.Component:
    ending = CustomerEnding
    code = text_input(id="merge-code", name="code", required=True, auto_focus=True, max_length=80)
    asking = rx.el.form(
        rx.el.p(t("record.merge.means"), class_name="t2"),
        field(t("record.merge.code"), code, control_id="merge-code"),
        error_line(ending.merge_error),
        form_foot(t("record.merge.look"), ending.ask_merging(False)),
        on_submit=ending.look_at_merge,
        class_name="dialog-form",
    )
    reason = text_input(id="merge-reason", name="reason", required=True, auto_focus=True, max_length=300)
    telling = rx.el.form(
        rx.el.p(rx.el.b(CustomerMore.customer_name), " → ", rx.el.b(ending.target_name)),
        rx.el.ul(rx.foreach(ending.moves, rx.el.li), class_name="moves"),
        rx.el.div(icon("triangle-alert", 15), rx.el.div(t("record.merge.final")), class_name="note b-watch"),
        field(t("record.merge.reason"), reason, control_id="merge-reason"),
        error_line(ending.merge_error),
        form_foot(t("record.merge.do"), ending.ask_merging(False), kind="danger"),
        on_submit=ending.merge,
        class_name="dialog-form",
    )
    form = rx.cond(ending.target_name == "", asking, telling)
    return dialog(ending.is_merging, ending.ask_merging, t("record.merge.title"), form, width="460px")
