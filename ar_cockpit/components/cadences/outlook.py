"""What the draft would do if it were switched on: tomorrow, and in the coming 30 days."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button
from ar_cockpit.components.figures import progress
from ar_cockpit.components.forms import tabs
from ar_cockpit.components.layout import card, card_head, empty_state, note
from ar_cockpit.components.text import may, t
from ar_cockpit.components.vega_chart import chart_files, vega_chart
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.cadences.outlook import SHOWN, DayLine, HeldLine, OutlookState, Span, TouchLine
from ar_cockpit.state.cadences.picture import OutlookPicture
from ar_cockpit.state.cadences.screen import CadencesState
from ar_cockpit.state.cadences.workload import WorkLine


def outlook_card() -> rx.Component:
    """Return the pane at the right."""
    hidden = empty_state("eye", t("cadences.try.hidden"), t("cadences.try.hidden.text"), small=True)
    title = rx.cond(CadencesState.is_draft, t("cadences.outlook.draft"), t("cadences.outlook.in_force"))
    return card(
        card_head(title),
        rx.cond(may(Permission.VIEW_PLAN), _figures(), hidden),
        class_name="out-card",
    )


def _figures() -> rx.Component:
    running = rx.el.div(
        rx.el.div(
            rx.el.span(t("cadences.outlook.running"), class_name="t2 f12"),
            rx.el.span(class_name="sp"),
            button(t("shell.cancel"), size="sm", kind="ghost", on_click=OutlookState.cancel),
            class_name="row",
        ),
        progress(OutlookState.percent, label=t("cadences.outlook.running")),
        class_name="out-running",
        role="status",
    )
    problem = rx.el.div(
        note("watch", OutlookState.outlook_problem, icon_name="triangle-alert"),
        button(t("cadences.outlook.again"), size="sm", on_click=OutlookState.again),
        class_name="out-running",
    )
    return rx.el.div(
        rx.cond(OutlookState.is_running, running),
        rx.cond(OutlookState.outlook_problem != "", problem),
        rx.cond(OutlookState.is_known, _known()),
        class_name="out-body",
    )


def _known() -> rx.Component:
    choices = (("tomorrow", OutlookState.tomorrow_label), ("days", t("cadences.outlook.days")))
    first = OutlookState.span == "tomorrow"
    return rx.fragment(
        tabs(choices, OutlookState.span, OutlookState.show_span, label=t("cadences.outlook.span")),
        rx.cond(first, _span(OutlookState.first), _span(OutlookState.whole)),
        rx.cond(first, _tomorrow(), _whole()),
        _chart(),
    )


def _span(span: rx.Var[Span]) -> rx.Component:
    held = rx.el.div(rx.el.b(span.held), rx.el.span(t("cadences.outlook.held"), class_name="t2 f12"))
    return rx.fragment(
        rx.el.div(
            rx.el.div(
                rx.el.b(span.messages),
                rx.el.span(t("cadences.outlook.messages.word"), class_name="t2 f12"),
                rx.el.span(span.messages_about, class_name="t2 f11"),
            ),
            rx.el.div(
                rx.el.b(span.tasks),
                rx.el.span(t("cadences.outlook.tasks.word"), class_name="t2 f12"),
                rx.el.span(span.tasks_about, class_name="t2 f11"),
            ),
            rx.cond(span.held != "", held),
            class_name="out-three",
        ),
        rx.cond(span.difference != "", rx.el.p(span.difference, class_name="t2 f12 out-diff")),
    )


def _tomorrow() -> rx.Component:
    shown = rx.foreach(
        OutlookState.touches,
        lambda line, place: rx.cond(OutlookState.all_touches | (place < SHOWN), _touch(line), rx.fragment()),
    )
    more = button(
        rx.cond(
            OutlookState.all_touches,
            t("cadences.outlook.fewer"),
            t("cadences.outlook.all") + " " + OutlookState.touches_count,
        ),
        kind="ghost",
        size="sm",
        class_name="out-more",
        on_click=OutlookState.show_all,
    )
    held = rx.el.table(
        rx.el.caption(t("cadences.outlook.held.why")),
        rx.el.tbody(rx.foreach(OutlookState.held, _held)),
        class_name="out-held",
    )
    return rx.fragment(
        rx.cond(
            OutlookState.touches.length() > 0,
            rx.el.table(rx.el.caption(t("cadences.outlook.who"), class_name="sr"), rx.el.tbody(shown)),
            rx.el.p(t("cadences.outlook.nobody"), class_name="t2 f12"),
        ),
        rx.cond(OutlookState.touches.length() > SHOWN, more),
        rx.cond(OutlookState.held.length() > 0, held),
    )


def _touch(line: rx.Var[TouchLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.name, class_name="b el"),
        rx.el.td(line.step, class_name="t2 el"),
        rx.el.td(line.total, class_name="num b"),
    )


def _held(line: rx.Var[HeldLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.reason, class_name="el"),
        rx.el.td(line.count, class_name="num"),
        rx.el.td(line.total, class_name="num t2", title=line.totals),
    )


def _whole() -> rx.Component:
    compared = OutlookState.cash != ""
    said = (
        rx.cond(words != "", rx.el.p(words, class_name="f12 out-diff"))
        for words in (OutlookState.often, OutlookState.cash)
    )

    def line(one: rx.Var[WorkLine]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(one.who, class_name="el", title=one.who),
            rx.el.td(one.messages, class_name="num"),
            rx.el.td(one.tasks, class_name="num"),
            rx.el.td(one.hours, class_name="num b"),
            rx.cond(compared, rx.el.td(one.change, class_name="num t2")),
        )

    heads = ("who", "messages", "tasks", "hours")
    head = rx.el.tr(
        *(
            rx.el.th(t(f"cadences.outlook.work.{name}"), scope="col", class_name="" if name == "who" else "num")
            for name in heads
        ),
        rx.cond(compared, rx.el.th(t("cadences.outlook.work.change"), scope="col", class_name="num")),
    )
    work = rx.el.table(
        rx.el.caption(t("cadences.outlook.work")),
        rx.el.thead(head),
        rx.el.tbody(rx.foreach(OutlookState.work, line)),
        class_name="out-work",
    )
    return rx.fragment(*said, rx.cond(OutlookState.work.length() > 0, work))


def _chart() -> rx.Component:
    legend = rx.el.div(
        rx.el.h3(t("cadences.outlook.next")),
        rx.el.span(class_name="sp"),
        rx.el.span(rx.el.span(class_name="sw sw-chart"), OutlookState.messages_all, class_name="t2 f11"),
        rx.el.span(rx.el.span(class_name="sw sw-past"), OutlookState.tasks_all, class_name="t2 f11"),
        rx.cond(may(Permission.EXPORT), chart_files(OutlookPicture.save_chart), rx.fragment()),
        class_name="row out-legend",
    )
    table = rx.el.details(
        rx.el.summary(t("shell.chart.table"), class_name="t2 f12"),
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(t("cadences.outlook.on"), scope="col"),
                    rx.el.th(t("cadences.outlook.messages.word"), scope="col", class_name="num"),
                    rx.el.th(t("cadences.outlook.tasks.word"), scope="col", class_name="num"),
                )
            ),
            rx.el.tbody(rx.foreach(OutlookState.days, _day)),
        ),
    )
    return rx.fragment(legend, vega_chart(OutlookState.chart, label=OutlookState.chart_summary, height=118), table)


def _day(line: rx.Var[DayLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.on), rx.el.td(line.messages, class_name="num"), rx.el.td(line.tasks, class_name="num")
    )
