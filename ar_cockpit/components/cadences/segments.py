"""The segments in the order in which they are tried, with their customers counted, and the rule of the one chosen."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.cadences.members import members_dialog
from ar_cockpit.components.cadences.rule import rule_dialog
from ar_cockpit.components.controls import button, icon_button, link
from ar_cockpit.components.layout import card, card_head
from ar_cockpit.components.text import t
from ar_cockpit.state.cadences.members import MembersState
from ar_cockpit.state.cadences.rows import SegmentLine
from ar_cockpit.state.cadences.rules import RuleState
from ar_cockpit.state.cadences.screen import CadencesState


def segments_card() -> rx.Component:
    """Return the pane at the left."""
    total = rx.cond(CadencesState.total != "", CadencesState.total, rx.el.span(class_name="bone count-bone"))
    return card(
        card_head(
            t("cadences.segments"),
            t("cadences.segments.note"),
            icon_button("plus", t("cadences.segment.add"), size="sm", on_click=RuleState.begin),
        ),
        rx.el.ol(rx.foreach(CadencesState.segments, _segment), class_name="seg-list"),
        rx.el.div(rx.el.span(t("cadences.all_customers"), class_name="t2"), rx.el.b(total), class_name="seg-sum"),
        _rule(),
        rule_dialog(),
        members_dialog(),
        class_name="seg-card",
    )


def _segment(line: rx.Var[SegmentLine]) -> rx.Component:
    count = rx.cond(line.count != "", line.count, rx.el.span(class_name="bone count-bone"))
    return rx.el.li(
        link(
            rx.el.span(line.place, class_name="t2 f11"),
            rx.el.span(rx.el.b(line.title, class_name="el"), rx.el.span(line.rule, class_name="t2 f12 el")),
            rx.el.span(count, class_name="num"),
            href=line.href,
            title=line.rule,
            class_name=rx.cond(line.is_current, "seg on", "seg"),
            aria_current=rx.cond(line.is_current, "true", "false"),
        ),
    )


def _rule() -> rx.Component:
    """Return the chosen segment's rule and what can be done with it."""
    moves = rx.foreach(CadencesState.segments, lambda line: rx.cond(line.is_current, _moves(line)))
    customers = button(t("cadences.members.show"), size="sm", icon_name="users", on_click=MembersState.show_members)
    return rx.el.div(
        rx.el.h3(t("cadences.rule.of"), class_name="fl t2"),
        rx.el.p(CadencesState.segment_rule, class_name="seg-rule"),
        rx.el.div(
            button(t("cadences.rule.edit"), size="sm", icon_name="pencil", on_click=RuleState.edit),
            rx.cond(CadencesState.sees_customers, customers),
            moves,
            class_name="row wrap",
        ),
        class_name="seg-foot",
    )


def _moves(line: rx.Var[SegmentLine]) -> rx.Component:
    up = icon_button(
        "arrow-up",
        t("cadences.segment.up"),
        size="sm",
        disabled=~line.may_rise,
        on_click=RuleState.move(line.key, -1),
    )
    down = icon_button(
        "arrow-down",
        t("cadences.segment.down"),
        size="sm",
        disabled=~line.may_fall,
        on_click=RuleState.move(line.key, 1),
    )
    return rx.cond(line.is_last, rx.fragment(), rx.fragment(up, down))
