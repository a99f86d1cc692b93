"""The cadence as a line around the due date: its steps, and a place for a new one between any two."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon, link, named_icon
from ar_cockpit.components.layout import card, card_head
from ar_cockpit.components.text import t
from ar_cockpit.state.cadences.rows import RULES, StepNode
from ar_cockpit.state.cadences.screen import CadencesState
from ar_cockpit.state.cadences.steps import StepState
from ar_cockpit.state.cadences.switching import SwitchState


def line_card() -> rx.Component:
    """Return the line with its actions."""
    undo = button(
        t("shell.undo"),
        kind="ghost",
        size="sm",
        icon_name="undo-2",
        disabled=~CadencesState.is_draft,
        on_click=SwitchState.undo_change,
    )
    rules = button(
        t("cadences.rules"),
        kind="ghost",
        size="sm",
        icon_name="settings-2",
        on_click=CadencesState.open_rules,
        aria_pressed=rx.cond(CadencesState.pane == RULES, "true", "false"),
    )
    add = button(
        t("cadences.step.add"), size="sm", icon_name="plus", on_click=StepState.add_step(CadencesState.end_place)
    )
    return card(
        card_head(CadencesState.cadence_name, CadencesState.cadence_note, undo, rules, add),
        rx.el.div(
            rx.el.ol(
                rx.foreach(CadencesState.nodes, _node),
                rx.cond(CadencesState.ends_before_due, _due()),
                class_name="cad-line",
            ),
            class_name="cad-scroll",
        ),
        class_name="line-card",
    )


def _node(node: rx.Var[StepNode]) -> rx.Component:
    step = link(
        rx.el.b(node.title, class_name="el"),
        rx.el.span(node.tone),
        rx.el.span(named_icon(node.icon), class_name="cad-dot"),
        rx.el.span(node.offset, class_name="cad-day"),
        rx.el.span(node.who, class_name="cad-who"),
        href=node.href,
        on_click=CadencesState.open_step,
        class_name=rx.cond(node.is_current, "cad-node on", "cad-node"),
        aria_current=rx.cond(node.is_current, "step", "false"),
    )
    return rx.fragment(
        rx.cond(node.follows_due, _due()),
        rx.el.li(
            rx.el.span(class_name=_half("cad-half left ", node.age_before)),
            rx.el.span(class_name=_half("cad-half right ", node.age)),
            rx.el.button(
                icon("plus", 12),
                type="button",
                class_name="cad-add",
                aria_label=node.add_label,
                title=node.add_label,
                on_click=StepState.add_step(node.before),
            ),
            step,
            class_name="cad-place",
        ),
    )


def _due() -> rx.Component:
    return rx.el.li(
        rx.el.span(t("cadences.due"), class_name="due-word"), rx.el.i(), rx.el.span("0"), class_name="cad-due"
    )


def _half(fixed: str, age: Any) -> Any:
    return rx.Var.create(fixed) + age
