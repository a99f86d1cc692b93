"""The rule of a segment as a form: a name, conditions that all hold, conditions of which one holds, the cadence."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon_button
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import field, text_input
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import t
from ar_cockpit.domain.policy.reading import LONGEST_TITLE
from ar_cockpit.state.cadences.rule_rows import ALL, ANY, ConditionRow
from ar_cockpit.state.cadences.rules import RuleState


def rule_dialog() -> rx.Component:
    """Return the dialog of the segment that is edited or added."""
    name = text_input(
        id="rule-title", value=RuleState.rule_title, on_change=RuleState.write_title, max_length=LONGEST_TITLE
    )
    wrong = rx.el.div(note("bad", RuleState.rule_problem, icon_name="triangle-alert"), role="alert")
    title = rx.cond(RuleState.is_new, t("cadences.segment.add"), t("cadences.rule.edit"))
    return dialog(
        RuleState.is_open,
        RuleState.on_shown,
        title,
        rx.el.div(
            field(t("cadences.rule.name"), name, control_id="rule-title", hint=RuleState.key_told),
            rx.cond(
                RuleState.for_everyone,
                note("info", t("cadences.rule.last")),
                rx.fragment(_group(ALL), _group(ANY)),
            ),
            field(t("cadences.rule.cadence"), _cadence(), control_id="rule-cadence"),
            rx.cond(RuleState.rule_problem != "", wrong),
            _foot(),
            class_name="rule-form",
        ),
        width="640px",
    )


def _cadence() -> rx.Component:
    return menu(RuleState.rule_cadences, RuleState.rule_cadence, RuleState.choose_cadence, id="rule-cadence")


def _group(group: str) -> rx.Component:
    lines = rx.foreach(
        RuleState.lines, lambda line, place: rx.cond(line.group == group, _condition(line, place), rx.fragment())
    )
    return rx.el.fieldset(
        rx.el.legend(t(f"cadences.rule.{group}.group"), class_name="fl"),
        lines,
        button(t("cadences.rule.add"), size="sm", kind="ghost", icon_name="plus", on_click=RuleState.add_line(group)),
        class_name="rule-group",
    )


def _condition(line: rx.Var[ConditionRow], place: rx.Var[int]) -> rx.Component:
    value = text_input(
        value=line.value,
        on_change=lambda given: RuleState.set_value(place, given),
        placeholder=line.hint,
        aria_label=t("cadences.rule.value"),
        aria_invalid=rx.cond(line.problem != "", "true", "false"),
    )
    return rx.el.div(
        menu(
            RuleState.fields,
            line.field,
            lambda given: RuleState.set_field(place, given),
            aria_label=t("cadences.rule.field"),
        ),
        menu(line.operators, line.op, lambda given: RuleState.set_op(place, given), aria_label=t("cadences.rule.op")),
        value,
        icon_button("x", t("cadences.rule.drop"), size="sm", on_click=RuleState.remove_line(place)),
        rx.cond(line.problem != "", rx.el.p(line.problem, role="alert", class_name="fld-error")),
        class_name="rule-line",
    )


def _foot() -> rx.Component:
    removable = ~RuleState.for_everyone & ~RuleState.is_new
    return rx.el.div(
        rx.cond(removable, button(t("cadences.segment.remove"), kind="danger", on_click=RuleState.remove)),
        rx.el.span(class_name="sp"),
        button(t("shell.cancel"), on_click=RuleState.close),
        button(t("cadences.rule.save"), kind="pri", on_click=RuleState.save),
        class_name="row",
    )


def menu(choices: Any, value: Any, on_change: Any, **props: Any) -> rx.Component:
    """Return the browser's own menu for a Var of ``Choice``: forms with many of them stay light."""
    options = rx.foreach(choices, lambda choice: rx.el.option(choice.label, value=choice.value))
    return rx.el.select(options, value=value, on_change=on_change, class_name="inp", **props)
