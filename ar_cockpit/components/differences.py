"""The rules that hold what is derived against the ledger, and the rows that break them."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button
from ar_cockpit.components.layout import card, card_head, note
from ar_cockpit.components.text import t
from ar_cockpit.state.operations.differences import DifferenceItem, DifferencesState


def differences() -> rx.Component:
    """Return the press that looks now, and below it what was found."""
    look = button(
        t("jobs.differences.look"),
        size="sm",
        icon_name="search",
        disabled=DifferencesState.is_looking,
        on_click=DifferencesState.look,
    )
    clean = note("ok", t("jobs.differences.none"), icon_name="check")
    found = rx.cond(
        DifferencesState.broken.length() > 0, rx.el.div(rx.foreach(DifferencesState.broken, _broken)), clean
    )
    told = rx.cond(DifferencesState.is_looked, found, rx.el.p(t("jobs.differences.note"), class_name="t2 f12"))
    return card(
        card_head(t("jobs.differences"), None, look), rx.el.div(told, class_name="pad-note", aria_live="polite")
    )


def _broken(item: rx.Var[DifferenceItem]) -> rx.Component:
    head = rx.el.thead(rx.el.tr(rx.foreach(item.heads, lambda word: rx.el.th(word, scope="col"))))
    body = rx.el.tbody(rx.foreach(item.rows, lambda row: rx.el.tr(rx.foreach(row, rx.el.td))))
    table = rx.el.table(rx.el.caption(item.rule, class_name="sr"), head, body, class_name="tight")
    listed = rx.el.div(table, class_name="scroll", tab_index=0, role="group", aria_label=item.rule)
    return rx.el.div(
        note("bad", rx.el.b(item.rule), ": ", item.count, icon_name="octagon-alert"),
        rx.cond(item.rows.length() > 0, listed, rx.fragment()),
        rx.cond(item.note != "", rx.el.p(item.note, class_name="t2 f12"), rx.fragment()),
    )
