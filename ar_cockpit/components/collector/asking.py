"""The dialogs of the collector's screen: close a dispute, put on hold, the list of keys."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, key_cap
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import field, select, text_area, text_input
from ar_cockpit.components.text import t
from ar_cockpit.domain.collecting.commitments import DisputeOutcome
from ar_cockpit.state.collector.acts import CollectorActs

KEYS = (
    ("j", "next"),
    ("k", "previous"),
    ("e", "mail"),
    ("c", "call"),
    ("p", "promise"),
    ("i", "plan"),
    ("d", "dispute"),
)
MORE_KEYS = (("s", "snooze"), ("n", "note"), ("f", "finance"), ("x", "select"), ("/", "search"), ("?", "all"))
LIST_KEYS = (("o", "done"), ("m", "by_hand"), ("a", "statement"), ("b", "pick"), ("h", "handover"), ("u", "undo"))


def dialogs() -> rx.Component:
    """Return every dialog of the screen, each shown when the state says so."""
    return rx.fragment(_closing(), _holding(), _keys())


def key_bar() -> rx.Component:
    """Return the keys at the foot of the screen."""
    return rx.fragment(*(_cap(key, name) for key, name in (*KEYS, *MORE_KEYS) if key != "/"))


def _cap(key: str, name: str) -> rx.Component:
    return rx.el.span(key_cap(key), t(f"collector.key.{name}"), class_name="nw")


def _closing() -> rx.Component:
    outcome = select(
        [(outcome.value, t(f"dispute.outcome.{outcome.value}")) for outcome in DisputeOutcome],
        CollectorActs.close_outcome,
        lambda value: CollectorActs.set_dispute("close_outcome", value),
        label=t("collector.dispute.outcome"),
        in_form=True,
        id="close-outcome",
    )
    form = rx.el.form(
        rx.el.p(CollectorActs.closing_number, class_name="b"),
        field(t("collector.dispute.outcome"), outcome, control_id="close-outcome"),
        rx.cond(
            CollectorActs.close_outcome == DisputeOutcome.CREDIT_NOTE.value,
            field(
                t("agreements.credit"),
                text_input(id="close-credit", name="credit", input_mode="decimal", class_name="num"),
                control_id="close-credit",
                hint=t("agreements.credit.hint"),
            ),
            rx.fragment(),
        ),
        field(t("collector.dispute.note"), text_area(id="close-note", name="note"), control_id="close-note"),
        _buttons(t("collector.dispute.close_it"), CollectorActs.ask_closing("", "")),
        on_submit=CollectorActs.close_dispute,
        class_name="dialog-form",
    )
    shut = CollectorActs.ask_closing("", "")
    return dialog(CollectorActs.closing != "", lambda _open: shut, t("collector.dispute.closing"), form, width="420px")


def _holding() -> rx.Component:
    reason = text_area(id="hold-reason", name="reason", required=True, auto_focus=True)
    form = rx.el.form(
        rx.el.p(t("collector.hold.means"), class_name="t2"),
        field(t("collector.hold.reason"), reason, control_id="hold-reason"),
        _buttons(t("collector.hold.set"), CollectorActs.ask_holding(False)),
        on_submit=CollectorActs.set_hold,
        class_name="dialog-form",
    )
    return dialog(CollectorActs.is_holding, CollectorActs.ask_holding, t("collector.hold.title"), form, width="420px")


def _buttons(send: Any, shut: Any) -> rx.Component:
    return rx.el.div(
        button(t("shell.cancel"), on_click=shut), button(send, kind="pri", type="submit"), class_name="row end"
    )


def _keys() -> rx.Component:
    listed = [
        rx.fragment(rx.el.dt(key_cap(key)), rx.el.dd(t(f"collector.key.{name}")))
        for key, name in (*KEYS, *LIST_KEYS, *MORE_KEYS)
    ]
    send = rx.fragment(rx.el.dt(key_cap("Ctrl"), key_cap("Enter")), rx.el.dd(t("collector.key.submit")))
    leave = rx.fragment(rx.el.dt(key_cap("Esc")), rx.el.dd(t("collector.key.leave")))
    body = rx.el.dl(*listed, send, leave, class_name="key-list")
    return dialog(CollectorActs.shows_keys, CollectorActs.show_keys, t("collector.keys"), body, width="360px")
