"""The head of a customer's record: standing, how it pays, what is owed and how old that is; of any state."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, icon
from ar_cockpit.components.figures import ageing_bar, sparkline
from ar_cockpit.components.groups import group_line
from ar_cockpit.components.text import t


def record_head(state: Any, *before: rx.Component, presses: rx.Component, level: str = "h2") -> rx.Component:
    """Return the name with its standing, where the customer is, and how it pays; ``presses`` stand at the right."""
    record = state.record
    name = (
        rx.el.h1(record.name, class_name="rec-name") if level == "h1" else rx.el.h2(record.name, class_name="rec-name")
    )
    return rx.el.div(
        *before,
        rx.el.div(
            name,
            badge(record.standing, record.standing_word),
            rx.el.span(class_name="sp"),
            presses,
            class_name="row name-row",
        ),
        rx.el.div(record.about, class_name="t2 f12 meta"),
        rx.el.div(
            sparkline(record.spark, quiet=True),
            rx.el.span(rx.el.b(record.pays), record.trend),
            rx.cond(record.kept != "", rx.el.span(record.kept, class_name="t2"), rx.fragment()),
            class_name="row f12 pay",
        ),
        rx.cond(
            record.coming != "",
            rx.el.div(record.coming, title=t("foreseen.customer.note"), class_name="t2 f12"),
            rx.fragment(),
        ),
        _told("archive", record.archived, "", "note"),
        _told("hand", record.hold, t("collector.on_hold"), "note b-bad"),
        _told("hand", record.by_hand, t("collector.by_hand") + ": ", "note"),
        rx.cond(
            record.segment != "",
            rx.el.div(record.segment, rx.el.span(record.segment_parts, class_name="t2"), class_name="f12 seg-line"),
            rx.fragment(),
        ),
        group_line(record.group),
        class_name="mh",
    )


def _told(icon_name: str, words: Any, before: Any, class_name: str) -> rx.Component:
    return rx.cond(
        words != "", rx.el.div(icon(icon_name, 15), rx.el.div(before, words), class_name=class_name), rx.fragment()
    )


def record_figures(state: Any) -> rx.Component:
    """Return what is owed, overdue, its age, the limit and what waits to be applied."""
    record = state.record
    over = rx.el.span(icon("triangle-alert", 13), record.over_limit, class_name="bad f11 b")
    notes = rx.el.span(t("collector.credit_notes"), " ", record.credit_notes, class_name="t2 f11")
    use = rx.el.span(record.limit_use, class_name="t2 f11")
    over = rx.cond(record.over_limit != "", over, rx.cond(record.limit_use != "", use, rx.fragment()))
    return rx.el.dl(
        _figure("collector.owed", record.owed),
        _figure("collector.overdue", record.overdue),
        _figure("collector.oldest", record.oldest),
        _figure("collector.limit", record.limit, over),
        _figure("collector.unapplied", record.unapplied, rx.cond(record.credit_notes != "", notes, rx.fragment())),
        class_name="rec-stats",
    )


def _figure(key: str, value: rx.Var[str], *more: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.dt(t(key), class_name="lbl"), rx.el.dd(rx.el.b(value), *more))


def record_ageing(state: Any) -> rx.Component:
    """Return the bar of what is owed by age."""
    return rx.el.div(ageing_bar(state.ageing, label=t("collector.ageing")), class_name="ageing")
