"""Everything that happened with a customer and what is planned: filtered by kind, searched as far back as it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon, named_icon
from ar_cockpit.components.forms import checkbox, error_line, select, text_input
from ar_cockpit.components.text import t
from ar_cockpit.components.typed import typed
from ar_cockpit.state.customer.acts import CustomerActs
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.display.timeline import TimelineLine

Beside = Callable[[Any], rx.Component]
KINDS = ("all", "planned", "messages", "calls", "money", "disputes", "notes")


def customer_timeline(state: Any, beside: Beside | None = None) -> rx.Component:
    """Return the form for notes, the search, and the lines of the record that ``state`` shows.

    ``beside`` draws what may be done with a line.
    """
    kinds = [(key, t(f"collector.timeline.{key}")) for key in KINDS]
    chosen = select(
        kinds, state.timeline_group, state.show_group, label=t("collector.timeline.show"), class_name="small"
    )
    box = text_input(
        name="words",
        type="search",
        placeholder=t("record.search"),
        aria_label=t("record.search"),
        default_value=CustomerMore.words,
        key=CustomerMore.words,
        auto_complete="off",
    )
    head = rx.el.div(
        rx.el.form(box, on_submit=CustomerMore.search, class_name="tl-search", role="search"),
        chosen,
        class_name="row tl-head",
    )
    return rx.fragment(rx.cond(CustomerActs.may_note, note_form(), rx.fragment()), head, _lines(state, beside))


def _lines(state: Any, beside: Beside | None) -> rx.Component:
    def entry(line: rx.Var[TimelineLine]) -> rx.Component:
        return _entry(line, state.timeline_group, beside)

    nothing = rx.el.p(t("collector.timeline.none"), class_name="t2 f12 tl-none")
    older = rx.el.div(
        rx.el.p(t("record.older"), class_name="t2 f12"),
        button(t("record.show_all"), size="sm", on_click=CustomerMore.show_all),
        class_name="tl-none",
    )
    usual = rx.fragment(
        rx.el.ol(rx.foreach(state.timeline, entry), class_name="tl"),
        rx.cond(state.record.has_older, older, rx.fragment()),
    )
    is_empty = state.timeline.length() == 0
    more = button(t("record.find_more"), size="sm", on_click=CustomerMore.find_more)
    found = rx.fragment(
        rx.el.p(CustomerMore.found_words, class_name="t2 f12 found-words", aria_live="polite"),
        rx.el.ol(rx.foreach(CustomerMore.found, entry), class_name="tl"),
        rx.cond(CustomerMore.found_more, rx.el.div(more, class_name="tl-none"), rx.fragment()),
    )
    return rx.cond((CustomerMore.words != "") | CustomerMore.shows_all, found, rx.cond(is_empty, nothing, usual))


def _entry(line: rx.Var[TimelineLine], group: Any, beside: Beside | None) -> rx.Component:
    inside = rx.el.span(icon("lock", 11), t("record.inside"), class_name="t2 inside")
    entry = rx.el.li(
        rx.el.span(named_icon(line.icon, 11), class_name="tic"),
        rx.el.span(line.day, class_name="tw"),
        rx.el.span(
            rx.el.b(line.text),
            " ",
            rx.el.span(line.remark, class_name="t2"),
            rx.cond(line.is_internal, inside, rx.fragment()),
            beside(line) if beside else rx.fragment(),
            class_name="tt",
        ),
        class_name=line.kind,
    )
    is_shown = (group == "all") | (line.group == group) | ((group == "planned") & (line.kind == "plan"))
    return rx.cond(is_shown, entry, rx.fragment())


def note_form() -> rx.Component:
    """Return the form that writes a note, names colleagues in it, and keeps it for finance alone."""
    acts = CustomerActs
    words = typed(
        "textarea",
        acts.note,
        acts.type_note,
        id="record-note",
        rows=2,
        maxLength=2000,
        placeholder=t("record.note.placeholder"),
        **{"aria-label": t("record.note"), "aria-describedby": "record-note-error"},
    )
    someone = rx.select.root(
        rx.select.trigger(
            placeholder=t("record.note.mention"), aria_label=t("record.note.mention"), class_name="small"
        ),
        rx.select.content(
            rx.foreach(acts.mentions, lambda one: rx.select.item(one.label, value=one.value)), position="popper"
        ),
        value="",
        on_change=acts.mention,
    )
    inside = rx.el.div(
        checkbox(t("record.note.inside"), checked=acts.note_inside, on_change=acts.keep_inside),
        rx.el.span(t("record.note.inside"), aria_hidden="true"),
        class_name="row tick-line",
    )
    waits = rx.el.div(icon("message-square", 15), rx.el.div(acts.question), class_name="note b-info question")
    reply = button(t("question.answer"), kind="pri", size="sm", icon_name="reply", on_click=acts.answer)
    may_answer = (acts.question != "") & acts.may_work
    return rx.el.div(
        rx.cond(may_answer, waits, rx.fragment()),
        words,
        error_line(acts.note_error, id="record-note-error"),
        rx.el.div(
            rx.cond(acts.mentions.length() > 0, someone, rx.fragment()),
            rx.cond(acts.may_keep_inside, inside, rx.fragment()),
            rx.el.span(class_name="sp"),
            button(t("record.note.add"), size="sm", icon_name="file-text", on_click=acts.add_note),
            rx.cond(may_answer, reply, rx.fragment()),
            class_name="row note-acts",
        ),
        class_name="note-form",
    )
