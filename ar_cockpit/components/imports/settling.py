"""Open items: the choice before an import, the remark that something waits, and the list to decide on."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, link_button
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.forms import checkbox, text_input
from ar_cockpit.components.layout import card, empty_state, note
from ar_cockpit.components.tables import pager
from ar_cockpit.components.text import t
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.imports.screen import ImportsState
from ar_cockpit.state.imports.settling import ACCEPT, DECLINE, SettlingLine, SettlingState

_HEADS = (("customer", False), ("settled", True), ("open", True), ("left", True), ("due", False), ("listed", False))


def open_items_choice() -> rx.Component:
    """Return the choice whether the files list everything that is open; it lives in the address."""
    is_chosen = SessionState.params["content"] == "open_items"
    box = rx.el.input(
        type="checkbox",
        id="open-items",
        default_checked=is_chosen,  # it moves at once; the address follows when the files were looked at again
        key=SessionState.params["content"],
        on_change=lambda on: SessionState.set_param("content", rx.cond(on, "open_items", "")),
        aria_describedby="open-items-hint",
    )
    words = rx.el.label(box, rx.el.span(t("settling.choice")), html_for="open-items", class_name="tick")
    return rx.el.div(
        words,
        rx.cond(is_chosen, _export_day(), rx.fragment()),
        rx.el.p(t("settling.choice.hint"), id="open-items-hint", class_name="t2 f12"),
        class_name="oi",
    )


def _export_day() -> rx.Component:
    """Return the choice of the day that the list is of; it lives in the address too."""
    day = text_input(
        type="date",
        id="exported-on",
        default_value=ImportsState.exported_on,
        key=ImportsState.exported_on,
        max=SessionState.today,
        on_blur=lambda day: SessionState.set_param("exported_on", day),
        title=t("settling.exported.hint"),
    )
    return rx.el.div(
        rx.el.label(t("settling.exported"), html_for="exported-on", class_name="f12"), day, class_name="row"
    )


def waiting_note() -> rx.Component:
    """Say that settlements wait for a decision, and lead to them."""
    to_list = link_button(t("settling.decide"), href=SettlingState.list_href, size="sm")
    remark = rx.el.div(note("info", SettlingState.banner), to_list, class_name="waiting")
    return rx.cond(SettlingState.banner != "", remark, rx.fragment())


def settling_list() -> rx.Component:
    """Return the list with what may be done about it."""
    nothing = empty_state("check", t("settling.empty"), t("settling.empty.text"), small=True)
    table = rx.el.div(
        rx.el.table(
            rx.el.caption(t("settling.title"), class_name="sr"),
            _head(),
            rx.el.tbody(rx.foreach(SettlingState.lines, _line)),
            class_name="sticky settling",
        ),
        class_name="scroll",
        tab_index=0,
        role="group",
        aria_label=t("settling.title"),
    )
    pages = pager(SettlingState.page, SettlingState.pages, SettlingState.counted)
    listed = rx.fragment(_actions(), table, pages, _confirmation())
    return card(rx.cond(SettlingState.lines.length() > 0, listed, nothing))


def _actions() -> rx.Component:
    none = SettlingState.chosen.length() == 0
    day = rx.el.div(
        rx.el.label(t("settling.day"), html_for="settling-day", class_name="f12"),
        text_input(
            type="date",
            id="settling-day",
            value=SettlingState.day,
            max=SessionState.today,
            on_change=SettlingState.set_day,
            title=t("settling.day.hint"),
        ),
        class_name="row",
    )
    return rx.el.div(
        rx.el.b(SettlingState.chosen_words, aria_live="polite"),
        rx.el.span(class_name="sp"),
        day,
        button(t("settling.decline"), on_click=SettlingState.ask(DECLINE), disabled=none),
        button(t("settling.accept"), kind="pri", icon_name="check", on_click=SettlingState.ask(ACCEPT), disabled=none),
        class_name="list-head settle-acts",
    )


def _head() -> rx.Component:
    every = checkbox(
        t("settling.choose_all"),
        checked=SettlingState.all_chosen,
        on_change=lambda _checked: SettlingState.toggle_all,
    )
    heads = (
        rx.el.th(t(f"settling.col.{name}"), scope="col", class_name="num" if is_number else "")
        for name, is_number in _HEADS
    )
    return rx.el.thead(
        rx.el.tr(rx.el.th(every, class_name="cbx"), rx.el.th(t("imports.col.number"), scope="col"), *heads)
    )


def _line(line: rx.Var[SettlingLine]) -> rx.Component:
    box = checkbox(
        line.number,
        checked=SettlingState.chosen.contains(line.key),
        on_change=lambda _checked: SettlingState.toggle(line.key),
    )
    remark = rx.cond(line.remark != "", rx.el.span(line.remark, class_name="watch f11"), rx.fragment())
    return rx.el.tr(
        rx.el.td(box, class_name="cbx"),
        rx.el.td(line.number, class_name="b"),
        rx.el.td(rx.el.div(line.customer), rx.el.div(line.company, class_name="t2 f11")),
        rx.el.td(line.paid, class_name="num b"),
        rx.el.td(line.open, class_name="num"),
        rx.el.td(line.left, class_name="num"),
        rx.el.td(line.due),
        rx.el.td(rx.el.div(line.export), remark),
        class_name=rx.cond(SettlingState.chosen.contains(line.key), "sel", ""),
    )


def _confirmation() -> rx.Component:
    is_accepting = SettlingState.asking == ACCEPT
    return confirm_dialog(
        SettlingState.asking != "",
        rx.cond(is_accepting, t("settling.accept.title"), t("settling.decline.title")),
        SettlingState.question,
        rx.cond(is_accepting, t("settling.accept"), t("settling.decline")),
        SettlingState.decide,
        SettlingState.cancel,
    )
