"""The longer forms of the right pane: a call by its script, a promise of several dates, a dispute, finance."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.collector.act_form import act_form, phone_line, selected_words, words
from ar_cockpit.components.controls import button, icon
from ar_cockpit.components.forms import choice_field, field, hidden, text_input
from ar_cockpit.components.text import t
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeReason
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.agreeing import ASKS, USUAL, CollectorAgreeing, PromisePart
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.collector.script import CollectorScript
from ar_cockpit.state.frame.session import Choice, SessionState


def call_form() -> rx.Component:
    """Return the call: whom to ring, what to say, how it ended, when to ring again."""
    outcome = choice_field(
        t("collector.call.outcome"),
        [(outcome.value, t(f"call.{outcome.value}")) for outcome in CallOutcome],
        CollectorActs.outcome,
        CollectorActs.set_outcome,
        control_id="call-outcome",
    )
    points = rx.el.details(
        rx.el.summary(t("agreements.script")),
        rx.el.ol(rx.foreach(CollectorScript.points, rx.el.li)),
        open=True,
        class_name="script",
    )
    again = text_input(id="call-again", name="again", type="date", min=SessionState.as_of)
    return act_form(
        CollectorActs.log_call,
        t("collector.call.log"),
        rx.el.div(rx.foreach(CollectorState.contacts, phone_line), class_name="phones"),
        rx.cond(CollectorScript.points.length() > 0, points, rx.fragment()),
        rx.el.div(outcome, field(t("agreements.call.again"), again, control_id="call-again"), class_name="g2"),
        words("collector.call.said", auto_focus=True),
        icon_name="phone",
    )


def promise_form() -> rx.Component:
    """Return the promise: an amount and a day, and as many more as were agreed."""
    amount = text_input(
        id="promise-amount",
        name="amount",
        default_value=CollectorAgreeing.first_amount,
        key=CollectorAgreeing.parts_key,
        input_mode="decimal",
        required=True,
        auto_focus=True,
        aria_describedby="promise-amount-error",
        class_name="num",
    )
    day = text_input(
        id="promise-day", name="day", type="date", default_value=CollectorActs.promise_day, min=SessionState.as_of
    )
    more = rx.el.div(
        button(t("agreements.promise.add"), size="sm", icon_name="plus", on_click=CollectorAgreeing.add_date),
        rx.cond(
            CollectorAgreeing.later.length() > 0,
            button(t("agreements.promise.drop"), size="sm", kind="ghost", on_click=CollectorAgreeing.drop_date),
            rx.fragment(),
        ),
        class_name="row",
    )
    return act_form(
        CollectorActs.record_promise,
        t("collector.promise.record"),
        selected_words(),
        rx.el.div(
            field(
                t("collector.promise.amount"), amount, control_id="promise-amount", error=CollectorActs.promise_error
            ),
            field(t("collector.promise.day"), day, control_id="promise-day"),
            class_name="g2 even",
        ),
        rx.foreach(CollectorAgreeing.later, _part),
        more,
        words("collector.promise.note", rows=3),
        icon_name="calendar-check",
    )


def _part(part: rx.Var[PromisePart]) -> rx.Component:
    amount_id, day_id = f"promise-amount-{part.place}", f"promise-day-{part.place}"
    amount = text_input(
        id=amount_id,
        name=f"amount_{part.place}",
        default_value=part.amount,
        key=CollectorAgreeing.parts_key + amount_id,
        input_mode="decimal",
        required=True,
        class_name="num",
    )
    day = text_input(
        id=day_id,
        name=f"day_{part.place}",
        type="date",
        default_value=part.day,
        key=CollectorAgreeing.parts_key + day_id,
        required=True,
        min=SessionState.as_of,
    )
    return rx.el.div(
        field(t("agreements.promise.then"), amount, control_id=amount_id),
        field(t("collector.promise.day"), day, control_id=day_id),
        class_name="g2 even",
    )


def dispute_form() -> rx.Component:
    """Return the dispute: of which invoice, why, how much, who answers it by when."""
    return act_form(
        CollectorActs.open_dispute,
        t("collector.dispute.open"),
        *_objection(),
        _answering(),
        hidden("owner", rx.cond(CollectorAgreeing.owner == USUAL, "", CollectorAgreeing.owner)),
        _telling(),
        hidden("told", CollectorAgreeing.told_emails),
        words("collector.dispute.note", rows=3, auto_focus=True),
        rx.el.p(t("collector.dispute.pauses"), class_name="t2 f12"),
        icon_name="flag",
    )


def _objection() -> tuple[rx.Component, ...]:
    invoice = choice_field(
        t("collector.invoice"),
        CollectorActs.disputable,
        CollectorActs.dispute_invoice,
        lambda value: CollectorActs.set_dispute("dispute_invoice", value),
        control_id="dispute-invoice",
    )
    reason = choice_field(
        t("collector.dispute.reason"),
        [(reason.value, t(f"dispute.{reason.value}")) for reason in DisputeReason],
        CollectorActs.dispute_reason,
        lambda value: CollectorActs.set_dispute("dispute_reason", value),
        control_id="dispute-reason",
    )
    amount = text_input(
        id="dispute-amount", name="amount", input_mode="decimal", placeholder=t("agreements.all"), class_name="num"
    )
    how_much = field(t("agreements.dispute.amount"), amount, control_id="dispute-amount")
    return (invoice, rx.el.div(reason, how_much, class_name="g2"))


def _answering() -> rx.Component:
    day = text_input(
        id="dispute-day",
        name="answer_by",
        type="date",
        default_value=CollectorAgreeing.answer_by,
        key=CollectorAgreeing.answer_by,
        min=SessionState.as_of,
    )
    owner = choice_field(
        t("agreements.owner"),
        CollectorAgreeing.owners,
        CollectorAgreeing.owner,
        CollectorAgreeing.choose_owner,
        control_id="dispute-owner",
    )
    return rx.el.div(owner, field(t("agreements.answer_by"), day, control_id="dispute-day"), class_name="g2 even")


def _telling() -> rx.Component:
    """Return whom else the dispute is told to: each a chip whose press takes it away."""

    def chip(one: rx.Var[Choice]) -> rx.Component:
        return rx.el.button(
            one.label,
            icon("x", 12),
            type="button",
            on_click=CollectorAgreeing.tell_also(one.value),
            aria_label=t("agreements.tell_not") + " " + one.label,
            class_name="chip",
        )

    others = choice_field(
        t("agreements.tell_also"),
        CollectorAgreeing.tellable,
        "",
        CollectorAgreeing.tell_also,
        control_id="dispute-told",
        placeholder=t("queue.choose"),
    )
    chips = rx.el.div(rx.foreach(CollectorAgreeing.to_tell, chip), class_name="chips")
    return rx.fragment(others, rx.cond(CollectorAgreeing.to_tell.length() > 0, chips, rx.fragment()))


def finance_form() -> rx.Component:
    """Return what finance can be asked for: a hold, or to write the selected invoices off."""
    kind = choice_field(
        t("agreements.ask"),
        [(kind, t(f"agreements.kind.{kind}")) for kind in ASKS],
        CollectorAgreeing.ask_for,
        CollectorAgreeing.choose_asking,
        control_id="ask-for",
    )
    off = selected_words()
    is_off = CollectorAgreeing.ask_for == "write_off"
    means = rx.cond(is_off, t("agreements.means.write_off"), t("agreements.means.hold"))
    return act_form(
        CollectorAgreeing.ask_finance,
        t("agreements.propose"),
        kind,
        rx.cond(is_off, off, rx.fragment()),
        rx.el.p(means, class_name="t2 f12"),
        words("agreements.reason", required=True, auto_focus=True),
        icon_name="scale",
    )
