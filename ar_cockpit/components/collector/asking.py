"""The dialogs of the collector's screen: close a dispute, put on hold, the list of keys."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.collector.act_form import shown_customer
from ar_cockpit.components.controls import key_cap
from ar_cockpit.components.dialogs import dialog, form_dialog
from ar_cockpit.components.forms import choice_field, field, text_area, text_input
from ar_cockpit.components.text import t
from ar_cockpit.domain.collecting.commitments import DisputeOutcome
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.by_hand import CollectorByHand

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
    outcome = choice_field(
        t("collector.dispute.outcome"),
        [(outcome.value, t(f"dispute.outcome.{outcome.value}")) for outcome in DisputeOutcome],
        CollectorActs.close_outcome,
        lambda value: CollectorActs.set_dispute("close_outcome", value),
        control_id="close-outcome",
    )
    return form_dialog(
        CollectorActs.closing != "",
        CollectorActs.ask_closing("", ""),
        t("collector.dispute.closing"),
        rx.el.p(CollectorActs.closing_number, class_name="b"),
        outcome,
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
        send=t("collector.dispute.close_it"),
        on_submit=CollectorActs.close_dispute,
        width="420px",
    )


def _holding() -> rx.Component:
    reason = text_area(id="hold-reason", name="reason", required=True, auto_focus=True)
    return form_dialog(
        CollectorByHand.is_holding,
        CollectorByHand.ask_holding(False),
        t("collector.hold.title"),
        shown_customer(),
        rx.el.p(t("collector.hold.means"), class_name="t2"),
        field(t("collector.hold.reason"), reason, control_id="hold-reason"),
        send=t("collector.hold.set"),
        on_submit=CollectorByHand.set_hold,
        width="420px",
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
