"""The right pane: what to do with the customer; one tab for each act."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.collector.mailing import mail_form
from ar_cockpit.components.controls import button, icon, key_cap, link
from ar_cockpit.components.forms import field, select, tabs, text_area, text_input
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeReason
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.rows import ContactLine
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.frame.session import Choice, SessionState

_TABS = (("mail", "e"), ("call", "c"), ("promise", "p"), ("dispute", "d"), ("snooze", "s"), ("note", "n"))


def act_pane() -> rx.Component:
    """Return the acts for who may do them."""
    body = rx.match(
        CollectorActs.act,
        ("call", _call()),
        ("promise", _promise()),
        ("dispute", _dispute()),
        ("snooze", _snooze()),
        ("note", _note()),
        mail_form(),
    )
    past = rx.el.div(note("watch", t("collector.past"), " ", t("collector.past.mend")), class_name="act-form roomy")
    acts = rx.cond(SessionState.as_of_banner == "", rx.fragment(_tabs(), body), past)
    shown = rx.cond(CollectorState.has_record & may(Permission.WORK_CUSTOMERS), acts)
    back = link(
        icon("arrow-left", 16), CollectorState.record.name, href=CollectorState.record_href, class_name="btn sm"
    )
    return rx.el.section(
        rx.el.div(back, class_name="go-back"), shown, class_name="pane acting", aria_label=t("collector.act")
    )


def act_bar() -> rx.Component:
    """Return the acts as buttons at the foot of a phone's screen."""
    presses = [button(t(f"collector.act.{name}"), on_click=SessionState.set_param("act", name)) for name, _ in _TABS]
    return rx.cond(CollectorState.has_record, rx.el.div(*presses, class_name="act-bar"))


def _tabs() -> rx.Component:
    choices = [
        (name, rx.el.span(t(f"collector.act.{name}"), key_cap(key), class_name="tab-words")) for name, key in _TABS
    ]
    return tabs(
        choices,
        CollectorActs.act,
        lambda name: SessionState.set_param("act", name),
        label=t("collector.act"),
        underlined=True,
    )


def _form(on_submit: Any, send: Any, *fields: rx.Component, icon_name: str = "check") -> rx.Component:
    foot = rx.el.div(button(send, kind="pri", icon_name=icon_name, type="submit"), class_name="act-send row")
    return rx.el.form(
        rx.el.div(*fields, class_name="act-form roomy"),
        foot,
        on_submit=on_submit,
        class_name="act-body",
        key=CollectorActs.form_key + CollectorActs.act,
    )


def _words(label_key: str, **props: Any) -> rx.Component:
    return field(
        t(label_key), text_area(id="act-note", name="note", rows=4, max_length=2000, **props), control_id="act-note"
    )


def _call() -> rx.Component:
    outcome = select(
        [(outcome.value, t(f"call.{outcome.value}")) for outcome in CallOutcome],
        CollectorActs.outcome,
        CollectorActs.set_outcome,
        label=t("collector.call.outcome"),
        in_form=True,
        id="call-outcome",
    )
    return _form(
        CollectorActs.log_call,
        t("collector.call.log"),
        rx.el.div(rx.foreach(CollectorState.contacts, _phone), class_name="phones"),
        field(t("collector.call.outcome"), outcome, control_id="call-outcome"),
        _words("collector.call.said", auto_focus=True),
        icon_name="phone",
    )


def _phone(contact: rx.Var[ContactLine]) -> rx.Component:
    words = (rx.el.b(contact.phone), rx.el.span(contact.name, class_name="t2 el"))
    number = rx.el.a(icon("phone", 14), *words, href=contact.phone_href)
    return rx.cond(contact.phone != "", number, rx.fragment())


def _promise() -> rx.Component:
    amount = text_input(
        id="promise-amount",
        name="amount",
        default_value=CollectorActs.promise_amount,
        key=CollectorActs.promise_amount,
        input_mode="decimal",
        required=True,
        auto_focus=True,
        aria_describedby="promise-amount-error",
        class_name="num",
    )
    day = text_input(
        id="promise-day", name="day", type="date", default_value=CollectorActs.promise_day, min=SessionState.as_of
    )
    return _form(
        CollectorActs.record_promise,
        t("collector.promise.record"),
        rx.el.p(CollectorState.selection_words, " ", rx.el.b(CollectorState.selection_total), class_name="f12"),
        field(t("collector.promise.amount"), amount, control_id="promise-amount", error=CollectorActs.promise_error),
        field(t("collector.promise.day"), day, control_id="promise-day"),
        _words("collector.promise.note"),
        icon_name="calendar-check",
    )


def _dispute() -> rx.Component:
    invoice = select(
        CollectorActs.disputable,
        CollectorActs.dispute_invoice,
        lambda value: CollectorActs.set_dispute("dispute_invoice", value),
        label=t("collector.invoice"),
        in_form=True,
        id="dispute-invoice",
    )
    reason = select(
        [(reason.value, t(f"dispute.{reason.value}")) for reason in DisputeReason],
        CollectorActs.dispute_reason,
        lambda value: CollectorActs.set_dispute("dispute_reason", value),
        label=t("collector.dispute.reason"),
        in_form=True,
        id="dispute-reason",
    )
    return _form(
        CollectorActs.open_dispute,
        t("collector.dispute.open"),
        field(t("collector.invoice"), invoice, control_id="dispute-invoice"),
        field(t("collector.dispute.reason"), reason, control_id="dispute-reason"),
        _words("collector.dispute.note", auto_focus=True),
        rx.el.p(t("collector.dispute.pauses"), class_name="t2 f12"),
        icon_name="flag",
    )


def _snooze() -> rx.Component:
    def day_button(choice: rx.Var[Choice]) -> rx.Component:
        return button(choice.label, on_click=CollectorActs.snooze_until(choice.value))

    day = text_input(id="snooze-day", name="day", type="date", required=True, min=SessionState.as_of)
    return _form(
        CollectorActs.snooze,
        t("collector.snooze.until"),
        rx.el.div(rx.foreach(CollectorActs.snooze_days, day_button), class_name="day-grid"),
        field(t("collector.snooze.day"), day, control_id="snooze-day"),
        _words("collector.snooze.note"),
        icon_name="alarm-clock",
    )


def _note() -> rx.Component:
    return _form(
        CollectorActs.add_note,
        t("collector.note.add"),
        _words("collector.note.text", required=True, auto_focus=True),
        icon_name="file-text",
    )
