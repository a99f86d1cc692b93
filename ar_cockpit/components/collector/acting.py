"""The right pane: what to do with the customer; one tab for each act."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.collector.act_form import act_form, words
from ar_cockpit.components.collector.agreeing import (
    call_form,
    dispute_form,
    finance_form,
    promise_form,
)
from ar_cockpit.components.collector.mailing import mail_form
from ar_cockpit.components.collector.planning import plan_form
from ar_cockpit.components.controls import button, icon, key_cap, link
from ar_cockpit.components.forms import field, tabs, text_input, to_address
from ar_cockpit.components.layout import note, skeleton_block
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.mail import CollectorMail
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.frame.session import Choice, SessionState

_TABS = (("mail", "e"), ("call", "c"), ("promise", "p"), ("plan", "i"), ("dispute", "d"), ("snooze", "s"))
_TABS = (*_TABS, ("note", "n"), ("finance", "f"))


def act_pane() -> rx.Component:
    """Return the acts for who may do them."""
    # A form of the customer before would take what is typed for the one that is open now.
    bones = rx.el.div(*(skeleton_block(height) for height in (32, 90, 220)), class_name="rec-bones")
    body = rx.match(
        CollectorActs.act,
        ("call", call_form()),
        ("promise", promise_form()),
        ("plan", plan_form()),
        ("dispute", dispute_form()),
        ("finance", finance_form()),
        ("snooze", _snooze()),
        ("note", _note()),
        rx.cond(CollectorMail.written_for == CollectorState.current, mail_form(), bones),
    )
    past = rx.el.div(note("watch", t("collector.past"), " ", t("collector.past.mend")), class_name="act-form roomy")
    ready = rx.cond(CollectorActs.form_for == CollectorState.current, body, bones)
    acts = rx.cond(SessionState.as_of_banner == "", rx.fragment(_tabs(), ready), past)
    shown = rx.cond(CollectorState.has_record & may(Permission.WORK_CUSTOMERS), acts)
    back = link(
        icon("arrow-left", 16), CollectorState.record.name, href=CollectorState.record_href, class_name="btn sm"
    )
    return rx.el.section(
        rx.el.div(back, class_name="go-back"), shown, class_name="pane acting", aria_label=t("collector.act")
    )


def act_bar() -> rx.Component:
    """Return the acts as buttons at the foot of a phone's screen."""
    presses = [button(t(f"collector.act.{name}"), on_click=to_address("act", chosen=name)) for name, _ in _TABS]
    return rx.cond(CollectorState.has_record, rx.el.div(*presses, class_name="act-bar"))


def _tabs() -> rx.Component:
    choices = [
        (name, rx.el.span(t(f"collector.act.{name}"), key_cap(key), class_name="tab-words")) for name, key in _TABS
    ]
    return tabs(
        choices,
        CollectorActs.act,
        to_address("act"),
        label=t("collector.act"),
        underlined=True,
    )


def _snooze() -> rx.Component:
    def day_button(choice: rx.Var[Choice], place: rx.Var[int]) -> rx.Component:
        def press(day: rx.Var[str]) -> Any:
            return CollectorActs.snooze_until(day, CollectorActs.form_for)

        return button(choice.label, on_click=press(choice.value), auto_focus=place == 0)

    day = text_input(id="snooze-day", name="day", type="date", required=True, min=SessionState.as_of)
    return act_form(
        CollectorActs.snooze,
        t("collector.snooze.until"),
        rx.el.div(rx.foreach(CollectorActs.snooze_days, day_button), class_name="day-grid"),
        field(t("collector.snooze.day"), day, control_id="snooze-day"),
        words("collector.snooze.note"),
        icon_name="alarm-clock",
    )


def _note() -> rx.Component:
    return act_form(
        CollectorActs.add_note,
        t("collector.note.add"),
        words("collector.note.text", required=True, auto_focus=True),
        icon_name="file-text",
    )
