"""The list of messages: tabs with counts, the day, rows with their state and why, and what is decided at once."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, icon, link, named_icon
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.forms import checkbox, tabs, text_input
from ar_cockpit.components.layout import empty_state, note
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.domain.outbox import Tab
from ar_cockpit.state.outbox.rows import OutboxItem
from ar_cockpit.state.outbox.screen import AGAIN, TAKE_BACK, WENT, OutboxState


def pace() -> rx.Component:
    """Return how sending goes on, as it changes: how many of how many, the pace, each account's cap and trouble."""
    mark = rx.cond(OutboxState.is_sending, icon("send", 14, class_name="ok"), icon("clock", 14, class_name="t2"))
    words = rx.el.p(mark, rx.el.span(OutboxState.pace), class_name="row", role="status")
    accounts = rx.foreach(OutboxState.accounts, lambda one: rx.el.p(one, class_name="t2 f12"))
    problem = note("bad", OutboxState.pace_problem, icon_name="triangle-alert")
    shown = rx.el.div(words, accounts, class_name="outbox-pace")
    return rx.cond(
        OutboxState.is_loaded,
        rx.fragment(shown, rx.cond(OutboxState.pace_problem != "", problem, rx.fragment())),
        rx.fragment(),
    )


def choices() -> rx.Component:
    """Return the tabs by state, with how many stand under each, and the day."""
    listed_tabs = [(tab.value, t(f"outbox.tab.{tab.value}"), OutboxState.counts[tab.value]) for tab in Tab]
    day = text_input(
        type="date",
        id="outbox-day",
        value=OutboxState.day,
        on_change=OutboxState.choose_day_of,
        aria_label=t("outbox.day"),
        class_name="outbox-day",
    )
    return rx.fragment(tabs(listed_tabs, OutboxState.tab, OutboxState.choose_tab, label=t("outbox.tabs")), day)


def selection() -> rx.Component:
    """Return what can be done with the chosen messages, as long as some are chosen."""
    resolve = rx.fragment(
        button(t("outbox.went"), size="sm", icon_name="check", on_click=OutboxState.ask(WENT)),
        button(t("outbox.again"), size="sm", icon_name="send", on_click=OutboxState.ask(AGAIN)),
    )
    back = button(t("outbox.take_back"), size="sm", icon_name="x", on_click=OutboxState.ask(TAKE_BACK))
    bar = rx.el.div(
        rx.el.b(OutboxState.chosen_words, aria_live="polite"),
        rx.el.span(class_name="sp"),
        rx.cond(OutboxState.may_resolve, resolve, rx.fragment()),
        rx.cond(OutboxState.may_take_back, back, rx.fragment()),
        class_name="list-head",
    )
    return rx.cond(OutboxState.chosen_words != "", bar, rx.fragment())


def listed() -> rx.Component:
    """Return the page of messages."""
    clear = link(t("outbox.clear"), href=routes.OUTBOX + "/", class_name="btn")
    return data_table(
        _columns(),
        OutboxState.items,
        caption=t("outbox.title"),
        empty=empty_state("mail", t("outbox.none"), t("outbox.none.text"), clear, small=True),
    )


def confirmation() -> rx.Component:
    """Ask before what is decided about several messages."""
    acts = (WENT, AGAIN, TAKE_BACK)
    title = rx.match(OutboxState.asking, *((act, t(f"outbox.title.{act}")) for act in acts), "")
    verb = rx.match(OutboxState.asking, *((act, t(f"outbox.{act}")) for act in acts), "")
    return confirm_dialog(
        OutboxState.asking != "", title, OutboxState.question, verb, OutboxState.decide, OutboxState.cancel
    )


def state_badge(kind: rx.Var[str], icon_name: rx.Var[str], words: rx.Var[str]) -> rx.Component:
    """Return a message's state: word, icon and colour."""
    return rx.el.span(named_icon(icon_name, 12), words, class_name=rx.Var.create("badge b-") + kind)


def _columns() -> tuple[Column, ...]:
    every = checkbox(
        t("outbox.choose_all"),
        checked=OutboxState.chosen.length() > 0,
        on_change=lambda _checked: OutboxState.toggle_all,
    )
    every = rx.cond(OutboxState.may_decide, every, rx.el.span(t("outbox.col.choose"), class_name="sr"))
    return (
        Column("key", every, cell=_box),
        Column("customer", t("outbox.col.customer"), sortable=True, cell=_customer),
        Column("recipient", t("outbox.col.recipient"), sortable=True, cell=_mail),
        Column("state", t("outbox.col.state"), cell=_state),
        Column("attempts", t("outbox.col.tries"), numeric=True, sortable=True, wide=True, cell=lambda item: item.tries),
        Column("queued", t("outbox.col.when"), sortable=True, wide=True, cell=lambda item: item.when),
        Column("total", t("outbox.col.total"), numeric=True, sortable=True, wide=True),
    )


def _box(item: rx.Var[OutboxItem]) -> rx.Component:
    box = checkbox(
        t("outbox.choose") + " " + item.customer,
        checked=OutboxState.chosen.contains(item.key),
        on_change=lambda _checked: OutboxState.toggle(item.key),
    )
    return rx.cond(item.may_choose & OutboxState.may_decide, box, rx.fragment())


def _customer(item: rx.Var[OutboxItem]) -> rx.Component:
    return rx.fragment(
        link(item.customer, href=item.customer_href, class_name="lnk"), rx.el.span(item.company, class_name="cc")
    )


def _mail(item: rx.Var[OutboxItem]) -> rx.Component:
    return rx.fragment(
        rx.el.div(link(item.recipient, href=item.href, class_name="lnk b")),
        rx.el.div(item.subject, class_name="t2 f11 el outbox-subject"),
    )


def _state(item: rx.Var[OutboxItem]) -> rx.Component:
    why = rx.el.div(item.why, class_name="t2 f11 outbox-why")
    return rx.fragment(state_badge(item.kind, item.icon, item.state), rx.cond(item.why != "", why, rx.fragment()))
