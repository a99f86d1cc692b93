"""The left pane: today's customers, ranked, each with its reasons in words."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.collector.picking import pick_bar, pick_box, saved_filters
from ar_cockpit.components.controls import button, icon, link, named_icon
from ar_cockpit.components.figures import progress
from ar_cockpit.components.forms import choice_field, param, select, tabs, to_address
from ar_cockpit.components.frame.keys import keep_in_sight
from ar_cockpit.components.layout import empty_state, skeleton_block
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.day import EVERYBODY
from ar_cockpit.state.collector.screen import ANY, CollectorState
from ar_cockpit.state.collector.task_rows import PointLine, ReasonLine, TaskLine

_LEAST = ("1000", "5000", "20000", "100000")


def task_pane() -> rx.Component:
    """Return the list with its head."""
    return rx.el.section(_head(), _list(), pick_bar(), class_name="pane tasks-pane", aria_label=t("collector.tasks"))


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h1(t("collector.today")),
            rx.el.span(CollectorState.day_label, class_name="t2 el"),
            rx.el.span(class_name="sp"),
            _whose(),
            *_ways(),
            class_name="row",
        ),
        rx.cond(CollectorState.covers != "", rx.el.p(CollectorState.covers, class_name="t2 f12"), rx.fragment()),
        rx.el.div(
            rx.el.b(CollectorState.done_words, class_name="nw"),
            rx.el.span(class_name="sp"),
            rx.el.span(CollectorState.touched_words, class_name="t2 el"),
            class_name="row f12 pr",
        ),
        progress(CollectorState.done_percent, label=t("collector.progress")),
        rx.el.div(_tabs(), rx.el.span(class_name="sp"), _filter(), class_name="row tabs-row"),
        class_name="ph1",
    )


def _ways() -> tuple[rx.Component, ...]:
    """Return the ways to the day's reminders, the results and the team, as icons: the pane is narrow."""
    ways = (
        (routes.REMINDERS, "queue.tab.mass", "send"),
        (routes.RESULTS, "queue.tab.results", "chart-column"),
        (routes.TEAM, "queue.tab.team", "users"),
    )
    return tuple(
        link(icon(name, 15), href=route + "/", title=t(key), aria_label=t(key), class_name="btn sq ghost sm")
        for route, key, name in ways
    )


def _whose() -> rx.Component:
    choose = select(
        CollectorState.whos,
        CollectorState.who,
        to_address("who"),
        label=t("collector.whose"),
        class_name="plain small",
    )
    return rx.cond(CollectorState.whos.length() > 2, choose, rx.fragment())


def _tabs() -> rx.Component:
    choices = (
        ("open", t("collector.tab.open"), CollectorState.open_count),
        ("done", t("collector.tab.done"), CollectorState.done_count),
        ("snoozed", t("collector.tab.snoozed"), CollectorState.snoozed_count),
    )
    return tabs(choices, *param("tab", "open"), label=t("collector.tabs"))


def _filter() -> rx.Component:
    amounts = [(ANY, t("collector.any_amount")), *((key, t(f"collector.least.{key}")) for key in _LEAST)]
    content = rx.el.div(
        _menu("reason", t("collector.filter.reason"), CollectorState.reasons, CollectorState.reason),
        _menu("segment", t("queue.filter.segment"), CollectorState.segments, CollectorState.segment),
        _menu("least", t("collector.filter.amount"), amounts, CollectorState.least),
        rx.cond(CollectorState.filter_count > 0, _clear(), rx.fragment()),
        saved_filters(),
        class_name="filter-box",
    )
    count = rx.cond(CollectorState.filter_count > 0, rx.el.span(CollectorState.filter_count, class_name="tabs-count"))
    press = button(t("collector.filter"), count, size="sm", kind="ghost", icon_name="sliders-horizontal")
    return rx.popover.root(rx.popover.trigger(press), rx.popover.content(content, size="1"))


def _menu(name: str, label: rx.Var[str], choices: Any, chosen: rx.Var[str]) -> rx.Component:
    """Return the menu of one parameter of the address."""
    return choice_field(
        label,
        choices,
        rx.cond(chosen != "", chosen, ANY),
        to_address(name, ANY),
        control_id=f"filter-{name}",
    )


def _clear() -> rx.Component:
    return button(t("shell.clear_filters"), size="sm", on_click=CollectorState.clear_filters)


def _list() -> rx.Component:
    rows = rx.el.ul(rx.foreach(CollectorState.tasks, _task), class_name="tasks")
    press = button(CollectorState.more_words, size="sm", kind="ghost", on_click=CollectorState.show_more)
    told = rx.el.p(CollectorState.more, class_name="t2 f12")
    more = rx.cond(
        CollectorState.more != "",
        rx.el.div(told, rx.cond(CollectorState.more_words != "", press, rx.fragment()), class_name="list-more"),
        rx.fragment(),
    )
    rows = rx.fragment(rows, keep_in_sight("task-" + CollectorState.current))
    filled = rx.cond(CollectorState.tasks.length() > 0, rx.fragment(rows, more), _nothing())
    bones = rx.el.div(*(skeleton_block(56) for _ in range(6)), class_name="rec-bones")
    return rx.el.div(rx.cond(CollectorState.is_loaded, filled, bones), class_name="task-list")


def _nothing() -> rx.Component:
    filtered = empty_state(
        "search-x", t("collector.none.filtered"), t("collector.none.filtered.text"), _clear(), small=True
    )
    by_tab = rx.match(
        CollectorState.tab,
        ("done", empty_state("list-checks", t("collector.none.done"), t("collector.none.done.text"), small=True)),
        (
            "snoozed",
            empty_state("alarm-clock", t("collector.none.snoozed"), t("collector.none.snoozed.text"), small=True),
        ),
        empty_state("check", t("collector.none.open"), t("collector.none.open.text"), *ways_on(), small=True),
    )
    return rx.cond(CollectorState.filter_count > 0, filtered, by_tab)


def ways_on() -> tuple[rx.Component, ...]:
    """Return what to do once nobody is left: follow what is promised, or help others."""
    promised = link(
        icon("calendar-clock", 14), t("collector.none.promises"), href=routes.PROMISES + "/", class_name="btn sm"
    )
    others = button(
        t("collector.none.others"), size="sm", icon_name="users", on_click=to_address("who", chosen=EVERYBODY)
    )
    return (promised, rx.cond(CollectorState.who != EVERYBODY, others, rx.fragment()))


def _task(task: rx.Var[TaskLine]) -> rx.Component:
    is_here = CollectorState.current == task.key
    return rx.el.li(
        task_link(task=task, is_here=is_here),
        pick_box(task),
        rx.cond(is_here & (CollectorState.why_words != ""), _why(), rx.fragment()),
        key=task.key,
        class_name="task-row",
    )


@rx.memo
def task_link(task: rx.Var[TaskLine], is_here: rx.Var[bool]) -> rx.Component:
    """Return a task as a link to its customer: drawn anew only when it is another one, or opened, or left.

    Each move from one customer to the next changes the screen's state several times; a hundred tasks stay as they are.
    """
    return link(
        rx.el.span(task.rank, class_name="rk"),
        rx.el.span(task.name, class_name="tn el"),
        rx.el.span(task.amount, class_name="ta"),
        rx.el.span(rx.foreach(task.reasons, _reason), _note(task), _taken(task), class_name="tr"),
        href=task.href,
        class_name=rx.cond(is_here, "tk on", "tk"),
        aria_current=rx.cond(is_here, "true", "false"),
        id="task-" + task.key,
    )


def _why() -> rx.Component:
    """Return why the task that is open stands where it does: every reason with its points."""

    def point(line: rx.Var[PointLine]) -> rx.Component:
        words = rx.el.span(named_icon(line.icon, 13), line.text, class_name="why-words " + line.kind)
        return rx.el.li(words, rx.el.span(line.points, class_name="num b"))

    return rx.el.details(
        rx.el.summary(CollectorState.why_words),
        rx.el.ul(rx.foreach(CollectorState.why, point)),
        class_name="why-rank f12",
    )


def _reason(reason: rx.Var[ReasonLine]) -> rx.Component:
    return rx.el.span(named_icon(reason.icon, 13), reason.text, class_name="why-line " + reason.kind, title=reason.text)


def _note(task: rx.Var[TaskLine]) -> rx.Component:
    return rx.cond(task.note != "", rx.el.span(icon("check", 13), task.note, class_name="why-line"), rx.fragment())


def _taken(task: rx.Var[TaskLine]) -> rx.Component:
    words = rx.el.span(icon("user", 13), task.taken, class_name="why-line taken")
    return rx.cond(task.taken != "", words, rx.fragment())
