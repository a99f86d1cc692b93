"""Many tasks at once: ticks, the bar below the list, the dialog that says what it does; and kept choices."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon, icon_button, link
from ar_cockpit.components.dialogs import dialog, form_foot
from ar_cockpit.components.forms import checkbox, choice_field, field, text_area, text_input
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.bulk import BulkLine, CollectorBulk
from ar_cockpit.state.collector.filters import CollectorFilters, SavedLine
from ar_cockpit.state.collector.task_rows import TaskLine

_WORK = may(Permission.WORK_CUSTOMERS)
_ACTS = ("snooze", "handover", "manual", "mail")


def pick_box(task: rx.Var[TaskLine]) -> rx.Component:
    """Return the tick of a task."""
    box = checkbox(
        t("queue.pick") + " " + task.name,
        checked=CollectorBulk.picked.contains(task.id),
        on_change=lambda _checked: CollectorBulk.pick(task.id),
    )
    return rx.cond(_WORK, rx.el.span(box, class_name="pick"), rx.fragment())


def pick_bar() -> rx.Component:
    """Return what can be done with the ticked tasks."""
    presses = [button(t(f"queue.bulk.{act}"), size="sm", on_click=CollectorBulk.ask(act)) for act in _ACTS]
    bar = rx.el.div(
        rx.el.div(
            checkbox(
                t("queue.pick_all"), checked=CollectorBulk.all_picked, on_change=lambda _on: CollectorBulk.pick_all()
            ),
            rx.el.b(CollectorBulk.picked_words, class_name="f12"),
            rx.el.span(class_name="sp"),
            icon_button("x", t("queue.drop"), size="sm", on_click=CollectorBulk.drop_all),
            class_name="row",
        ),
        rx.el.div(*presses, class_name="pick-acts"),
        class_name="pick-bar",
        role="group",
        aria_label=CollectorBulk.picked_words,
    )
    return rx.cond(_WORK & (CollectorBulk.picked.length() > 0), bar, rx.fragment())


def bulk_dialog() -> rx.Component:
    """Return the dialog of an act for many: what it needs, what it does to each, and the press."""
    form = rx.el.form(
        rx.match(CollectorBulk.bulk_act, ("snooze", _day()), ("handover", _to()), rx.fragment()),
        rx.match(
            CollectorBulk.bulk_act,
            ("mail", rx.el.p(t("queue.bulk.mail.text"), class_name="t2 f12")),
            ("snooze", _words("queue.bulk.note", required=False)),
            _words("queue.bulk.reason", required=True),
        ),
        rx.el.p(CollectorBulk.bulk_words, class_name="b f12"),
        rx.el.ul(
            rx.foreach(CollectorBulk.bulk_lines, _line),
            class_name="bulk-list",
            tab_index=0,
            aria_label=t("queue.bulk.each"),
        ),
        rx.cond(CollectorBulk.bulk_error != "", note("bad", CollectorBulk.bulk_error), rx.fragment()),
        form_foot(CollectorBulk.bulk_confirm, CollectorBulk.ask(""), disabled=~CollectorBulk.can_run),
        on_submit=CollectorBulk.run_bulk,
        class_name="dialog-form",
    )
    shut = CollectorBulk.ask("")
    return dialog(CollectorBulk.bulk_act != "", lambda _open: shut, CollectorBulk.bulk_title, form, width="520px")


def _line(line: rx.Var[BulkLine]) -> rx.Component:
    mark = rx.cond(line.is_out, icon("minus", 13), icon("check", 13, class_name="ok"))
    words = rx.el.span(mark, rx.el.b(line.name), " ", rx.el.span(line.text, class_name="t2"))
    return rx.el.li(words, rx.el.span(line.amount, class_name="num"), class_name=rx.cond(line.is_out, "t2", ""))


def _day() -> rx.Component:
    day = text_input(
        id="bulk-day",
        name="day",
        type="date",
        required=True,
        min=CollectorBulk.bulk_today,
        default_value=CollectorBulk.bulk_day,
        key=CollectorBulk.bulk_day,
    )
    return field(t("collector.snooze.day"), day, control_id="bulk-day")


def _to() -> rx.Component:
    return choice_field(
        t("queue.bulk.to"),
        CollectorBulk.bulk_team,
        CollectorBulk.bulk_to,
        CollectorBulk.choose_to,
        control_id="bulk-to",
        placeholder=t("queue.choose"),
    )


def _words(label: str, *, required: bool) -> rx.Component:
    said: Any = text_area(id="bulk-note", name="note", rows=2, max_length=2000, required=required)
    return field(t(label), said, control_id="bulk-note")


def saved_filters() -> rx.Component:
    """Return one's kept choices as links, and a form that keeps what is chosen now."""

    def one(line: rx.Var[SavedLine]) -> rx.Component:
        gone = icon_button(
            "x",
            t("queue.filter.remove") + " " + line.name,
            size="sm",
            on_click=CollectorFilters.remove_filter(line.key),
        )
        return rx.el.li(link(line.name, href=line.href, class_name="lnk el"), gone, class_name="row")

    name = text_input(id="filter-name", name="name", max_length=40, required=True)
    form = rx.el.form(
        field(t("queue.filter.name"), name, control_id="filter-name", error=CollectorFilters.saving_error),
        button(t("queue.filter.save"), size="sm", type="submit"),
        on_submit=CollectorFilters.save_filter,
        reset_on_submit=True,
        class_name="filter-save",
    )
    listed = rx.fragment(
        rx.el.h3(t("queue.filter.kept"), class_name="fl"), rx.el.ul(rx.foreach(CollectorFilters.saved, one))
    )
    return rx.el.div(
        rx.cond(CollectorFilters.saved.length() > 0, listed, rx.fragment()), form, class_name="saved-filters"
    )
