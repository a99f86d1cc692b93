"""A payment plan at the right of the collector's screen: its terms, and what they come to while they are typed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.collector.act_form import act_form, selected_words, words
from ar_cockpit.components.forms import checkbox, choice_field, field, text_input
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import t
from ar_cockpit.components.typed import typed
from ar_cockpit.domain.collecting.plans import Every
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.agreeing import COUNTS, CollectorAgreeing, InstalmentLine
from ar_cockpit.state.frame.session import SessionState


def plan_form() -> rx.Component:
    """Return the payment plan: its terms, what it comes to, what the law adds, and who has to agree."""
    return act_form(
        CollectorAgreeing.agree_plan,
        t("agreements.plan.agree"),
        selected_words(),
        *_terms(),
        rx.cond(
            CollectorAgreeing.plan_error != "",
            rx.el.div(note("watch", CollectorAgreeing.plan_error, icon_name="triangle-alert"), role="alert"),
            rx.fragment(),
        ),
        rx.cond(CollectorAgreeing.plan_lines.length() > 0, _instalments(), rx.fragment()),
        rx.cond(
            CollectorAgreeing.plan_law != "",
            rx.el.div(_bears(), rx.el.p(CollectorAgreeing.plan_law, class_name="t2 f12")),
            rx.fragment(),
        ),
        rx.cond(CollectorAgreeing.plan_approval != "", note("info", CollectorAgreeing.plan_approval), rx.fragment()),
        words("agreements.plan.note", rows=2),
        icon_name="calendar-check",
    )


def _terms() -> tuple[rx.Component, ...]:
    def choose(name: str, options: list[tuple[str, Any]], value: rx.Var[str]) -> rx.Component:
        return choice_field(
            t(f"agreements.plan.{name}"),
            options,
            value,
            lambda chosen: CollectorAgreeing.set_plan(f"plan_{name}", chosen),
            control_id=f"plan-{name}",
        )

    rhythms = [(every.value, t(f"agreements.every.{every.value}")) for every in Every]
    first = text_input(
        id="plan-first",
        name="first",
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
    return (
        rx.el.div(
            choose("count", [(count, count) for count in COUNTS], CollectorAgreeing.plan_count),
            choose("every", rhythms, CollectorAgreeing.plan_every),
            class_name="g2 even",
        ),
        rx.el.div(
            field(t("agreements.plan.first"), first, control_id="plan-first"),
            field(t("agreements.plan.down"), down, control_id="plan-down"),
            class_name="g2 even",
        ),
    )


def _bears() -> rx.Component:
    words_of_it = t("agreements.plan.bears")
    box = checkbox(words_of_it, checked=CollectorAgreeing.plan_bears, on_change=CollectorAgreeing.set_bears)
    return rx.el.label(box, words_of_it, class_name="row f12")


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
