"""The longer forms of the right pane: a call by its script, a promise of several dates, a dispute, a plan, finance."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.collector.act_form import act_form, phone_line, selected_words, words
from ar_cockpit.components.controls import button
from ar_cockpit.components.forms import checkbox, field, hidden, select, text_input
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import t
from ar_cockpit.components.typed import typed
from ar_cockpit.domain.collecting.commitments import CallOutcome, DisputeReason
from ar_cockpit.domain.collecting.plans import Every
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.agreeing import ASKS, COUNTS, USUAL, CollectorAgreeing, InstalmentLine, PromisePart
from ar_cockpit.state.collector.screen import CollectorState
from ar_cockpit.state.collector.script import CollectorScript
from ar_cockpit.state.frame.session import SessionState


def call_form() -> rx.Component:
    """Return the call: whom to ring, what to say, how it ended, when to ring again."""
    outcome = select(
        [(outcome.value, t(f"call.{outcome.value}")) for outcome in CallOutcome],
        CollectorActs.outcome,
        CollectorActs.set_outcome,
        label=t("collector.call.outcome"),
        in_form=True,
        id="call-outcome",
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
        rx.el.div(
            field(t("collector.call.outcome"), outcome, control_id="call-outcome"),
            field(t("agreements.call.again"), again, control_id="call-again"),
            class_name="g2",
        ),
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
    amount = text_input(
        id="dispute-amount", name="amount", input_mode="decimal", placeholder=t("agreements.all"), class_name="num"
    )
    day = text_input(
        id="dispute-day",
        name="answer_by",
        type="date",
        default_value=CollectorAgreeing.answer_by,
        key=CollectorAgreeing.answer_by,
        min=SessionState.as_of,
    )
    owner = select(
        CollectorAgreeing.owners,
        CollectorAgreeing.owner,
        CollectorAgreeing.choose_owner,
        label=t("agreements.owner"),
        in_form=True,
        id="dispute-owner",
    )
    return act_form(
        CollectorActs.open_dispute,
        t("collector.dispute.open"),
        field(t("collector.invoice"), invoice, control_id="dispute-invoice"),
        rx.el.div(
            field(t("collector.dispute.reason"), reason, control_id="dispute-reason"),
            field(t("agreements.dispute.amount"), amount, control_id="dispute-amount"),
            class_name="g2",
        ),
        rx.el.div(
            field(t("agreements.owner"), owner, control_id="dispute-owner"),
            field(t("agreements.answer_by"), day, control_id="dispute-day"),
            class_name="g2 even",
        ),
        hidden("owner", rx.cond(CollectorAgreeing.owner == USUAL, "", CollectorAgreeing.owner)),
        words("collector.dispute.note", rows=3, auto_focus=True),
        rx.el.p(t("collector.dispute.pauses"), class_name="t2 f12"),
        icon_name="flag",
    )


def plan_form() -> rx.Component:
    """Return the payment plan: its terms, what it comes to, what the law adds, and who has to agree."""
    count = select(
        [(count, count) for count in COUNTS],
        CollectorAgreeing.plan_count,
        lambda value: CollectorAgreeing.set_plan("plan_count", value),
        label=t("agreements.plan.count"),
        in_form=True,
        id="plan-count",
    )
    every = select(
        [(every.value, t(f"agreements.every.{every.value}")) for every in Every],
        CollectorAgreeing.plan_every,
        lambda value: CollectorAgreeing.set_plan("plan_every", value),
        label=t("agreements.plan.every"),
        in_form=True,
        id="plan-every",
    )
    first = text_input(
        id="plan-first",
        type="date",
        default_value=CollectorAgreeing.plan_first,
        key=CollectorActs.form_key + "plan-first",
        min=SessionState.as_of,
        on_change=lambda value: CollectorAgreeing.set_plan("plan_first", value),
    )
    down = typed(
        "input",
        CollectorAgreeing.plan_down,
        lambda value: CollectorAgreeing.set_plan("plan_down", value),
        class_name="num",
        id="plan-down",
        inputMode="decimal",
    )
    bears = rx.el.label(
        checkbox(
            t("agreements.plan.bears"), checked=CollectorAgreeing.plan_bears, on_change=CollectorAgreeing.set_bears
        ),
        t("agreements.plan.bears"),
        class_name="row f12",
    )
    return act_form(
        CollectorAgreeing.agree_plan,
        t("agreements.plan.agree"),
        selected_words(),
        rx.el.div(
            field(t("agreements.plan.count"), count, control_id="plan-count"),
            field(t("agreements.plan.every"), every, control_id="plan-every"),
            class_name="g2 even",
        ),
        rx.el.div(
            field(t("agreements.plan.first"), first, control_id="plan-first"),
            field(t("agreements.plan.down"), down, control_id="plan-down"),
            class_name="g2 even",
        ),
        rx.cond(
            CollectorAgreeing.plan_error != "",
            rx.el.div(note("watch", CollectorAgreeing.plan_error, icon_name="triangle-alert"), role="alert"),
            rx.fragment(),
        ),
        rx.cond(CollectorAgreeing.plan_lines.length() > 0, _instalments(), rx.fragment()),
        rx.cond(
            CollectorAgreeing.plan_law != "",
            rx.el.div(bears, rx.el.p(CollectorAgreeing.plan_law, class_name="t2 f12")),
            rx.fragment(),
        ),
        rx.cond(CollectorAgreeing.plan_approval != "", note("info", CollectorAgreeing.plan_approval), rx.fragment()),
        words("agreements.plan.note", rows=2),
        icon_name="calendar-check",
    )


def _instalments() -> rx.Component:
    def row(line: rx.Var[InstalmentLine]) -> rx.Component:
        borne = rx.el.div(t("agreements.plan.interest"), " ", line.interest, class_name="t2 f11")
        return rx.el.tr(
            rx.el.td(line.place, class_name="t2"),
            rx.el.td(line.day),
            rx.el.td(line.amount, rx.cond(line.interest != "", borne, rx.fragment()), class_name="num"),
        )

    foot = rx.el.tr(
        rx.el.td(), rx.el.td(t("agreements.plan.total")), rx.el.td(CollectorAgreeing.plan_total, class_name="num b")
    )
    return rx.el.table(
        rx.el.caption(t("agreements.plan.schedule"), class_name="sr"),
        rx.el.tbody(rx.foreach(CollectorAgreeing.plan_lines, row)),
        rx.el.tfoot(foot),
        class_name="schedule",
    )


def finance_form() -> rx.Component:
    """Return what finance can be asked for: a hold, or to write the selected invoices off."""
    kind = select(
        [(kind, t(f"agreements.kind.{kind}")) for kind in ASKS],
        CollectorAgreeing.ask_for,
        CollectorAgreeing.choose_asking,
        label=t("agreements.ask"),
        in_form=True,
        id="ask-for",
    )
    off = selected_words()
    is_off = CollectorAgreeing.ask_for == "write_off"
    means = rx.cond(is_off, t("agreements.means.write_off"), t("agreements.means.hold"))
    return act_form(
        CollectorAgreeing.ask_finance,
        t("agreements.propose"),
        field(t("agreements.ask"), kind, control_id="ask-for"),
        rx.cond(is_off, off, rx.fragment()),
        rx.el.p(means, class_name="t2 f12"),
        words("agreements.reason", required=True, auto_focus=True),
        icon_name="scale",
    )
