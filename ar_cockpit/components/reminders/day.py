"""The parts of a day's plan: three sums, why things wait, and a table for each part."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, button, icon_button, link
from ar_cockpit.components.forms import checkbox
from ar_cockpit.components.layout import empty_state
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.reminders.day import DayState
from ar_cockpit.state.reminders.day_rows import ByHandItem, Part, ReasonItem, RecordedItem, TouchItem

_ANY = "*"  # a Radix item may not have an empty value


def sums() -> rx.Component:
    """Return the three parts of the day; together they are every open invoice, once."""

    def part(one: rx.Var[Part]) -> rx.Component:
        return link(
            rx.el.span(one.label, class_name="kl"),
            rx.el.span(one.count, class_name="kv"),
            rx.el.span(one.total, class_name="kc b"),
            rx.el.span(one.note, class_name="ks"),
            href=one.href,
            class_name=rx.cond(one.is_here, "kpi here", "kpi"),
            aria_current=rx.cond(one.is_here, "true", "false"),
        )

    return rx.el.section(rx.foreach(DayState.parts, part), class_name="card review-parts", aria_label=t("review.parts"))


def others() -> rx.Component:
    """Return the links to what went out and to who is handled by hand, and the way between today and tomorrow."""

    def way(key: str, label: str) -> rx.Component:
        is_here = DayState.show == key
        return button(
            t(label),
            size="sm",
            on_click=SessionState.set_param("show", key),
            aria_pressed=rx.cond(is_here, "true", "false"),
            class_name=rx.cond(is_here, "pressed", ""),
        )

    def day(label: str, value: str, is_here: Any) -> rx.Component:
        return button(
            t(label),
            size="sm",
            on_click=SessionState.set_param("day", value),
            aria_pressed=rx.cond(is_here, "true", "false"),
            class_name=rx.cond(is_here, "pressed", ""),
        )

    return rx.el.div(
        day("review.today", "", ~DayState.is_tomorrow),
        day("review.tomorrow", "tomorrow", DayState.is_tomorrow),
        rx.el.span(DayState.day_label, class_name="t2 f12"),
        rx.el.span(class_name="sp"),
        way("gone", "review.gone"),
        way("manual", "review.by_hand"),
        class_name="row wrap",
    )


def choices() -> rx.Component:
    """Return the filters of the part that is shown."""

    def menu(name: str, label: str, found: Any) -> rx.Component:
        given = SessionState.params[name]

        def chosen(value: rx.Var[str]) -> Any:
            return DayState.filter_by(name, rx.cond(value == _ANY, "", value))

        entries = rx.select.content(
            rx.select.item(t("review.any"), value=_ANY),
            rx.foreach(found, lambda one: rx.select.item(one.label, value=one.value)),
            position="popper",
        )
        value = rx.cond(given, given, _ANY)
        trigger = rx.select.trigger(aria_label=t(label))
        words = rx.el.span(t(label), class_name="t2 f12", aria_hidden="true")
        return rx.el.div(words, rx.select.root(trigger, entries, value=value, on_change=chosen), class_name="row")

    return rx.el.div(
        menu("segment", "review.segment", DayState.segments),
        menu("cadence", "review.cadence", DayState.cadences),
        rx.cond(DayState.show != "held", menu("step", "review.step", DayState.steps), rx.fragment()),
        menu("collector", "review.collector", DayState.collectors),
        rx.cond(DayState.show != "held", menu("small", "review.small", DayState.smalls), rx.fragment()),
        class_name="row wrap",
    )


def reasons() -> rx.Component:
    """Return why invoices are held, each with its count and its sum; a press shows them alone."""

    def reason(one: rx.Var[ReasonItem]) -> rx.Component:
        return link(
            rx.el.span(one.label),
            rx.el.b(one.count),
            rx.el.span(one.total, class_name="t2"),
            href=one.href,
            class_name=rx.cond(one.is_here, "reason here", "reason"),
            aria_current=rx.cond(one.is_here, "true", "false"),
        )

    return rx.el.div(rx.foreach(DayState.reasons, reason), class_name="reasons")


def messages() -> rx.Component:
    """Return the messages of the day, to look through and tick."""

    def tick(item: rx.Var[TouchItem]) -> rx.Component:
        return checkbox(
            t("review.tick") + " " + item.customer,
            checked=item.is_ticked,
            on_change=lambda is_on: DayState.tick(item.customer_id, is_on),
            disabled=~may(Permission.WORK_CUSTOMERS),
        )

    def acts(item: rx.Var[TouchItem]) -> rx.Component:
        look = icon_button(
            "eye",
            t("review.look") + " " + item.customer,
            size="sm",
            on_click=DayState.preview(item.customer_id),
        )
        skip = button(t("review.not_today"), size="sm", on_click=DayState.not_today(item.customer_id))
        may_skip = may(Permission.WORK_CUSTOMERS) & (SessionState.as_of_banner == "")
        return rx.el.div(look, rx.cond(may_skip, skip, rx.fragment()), class_name="row")

    def recipient(item: rx.Var[TouchItem]) -> rx.Component:
        return rx.fragment(item.recipient, rx.el.div(item.language, class_name="t2 f11"))

    columns = (
        Column("is_ticked", rx.el.span(t("review.tick"), class_name="sr"), cell=tick),
        Column("customer", t("review.customer"), strong=True, cell=_customer),
        Column("step", t("review.step")),
        Column("invoices", t("review.invoices.head"), wide=True),
        Column("total", t("review.total"), numeric=True),
        Column("recipient", t("review.recipient"), wide=True, cell=recipient),
        Column("left_out", t("review.left_out"), wide=True, cell=_left_out),
        Column("customer_id", rx.el.span(t("review.acts"), class_name="sr"), cell=acts),
    )
    empty = empty_state("mail-open", t("review.messages.none"), t("review.messages.none.text"), small=True)
    muted = lambda item: rx.cond(item.is_ticked, "", "mute")  # noqa: E731 (a row's class is said in one line)
    return data_table(columns, DayState.messages, caption=t("review.part.messages"), empty=empty, row_class=muted)


def excluded() -> rx.Component:
    """Return who is left out of the day, unticked, each with the reasons; the held tell of every invoice."""

    def tick(item: rx.Var[TouchItem]) -> rx.Component:
        return checkbox(t("review.tick") + " " + item.customer, checked=False, disabled=True)

    columns = (
        Column("is_ticked", rx.el.span(t("review.tick"), class_name="sr"), cell=tick),
        Column("customer", t("review.customer"), strong=True, cell=_customer),
        Column("left_out", t("review.reason")),
        Column("invoices", t("review.invoices.head"), wide=True),
        Column("total", t("review.total"), numeric=True),
    )
    muted = lambda _item: "mute"  # noqa: E731 (a row's class is said in one line)
    head = rx.el.div(
        rx.el.h2(DayState.excluded_words, class_name="f13"),
        rx.el.span(class_name="sp"),
        link(t("review.excluded.each"), href=DayState.excluded_href, class_name="lnk"),
        class_name="list-head",
    )
    table = data_table(columns, DayState.excluded, caption=t("review.excluded.caption"), row_class=muted)
    return rx.cond(DayState.excluded.length() > 0, rx.fragment(head, table), rx.fragment())


def tasks() -> rx.Component:
    """Return the day's calls, letters and allocations, which people do."""
    columns = (
        Column("customer", t("review.customer"), strong=True, cell=_customer),
        Column("channel", t("review.channel")),
        Column("step", t("review.step")),
        Column("invoices", t("review.invoices.head"), wide=True),
        Column("total", t("review.total"), numeric=True),
        Column("left_out", t("review.left_out"), wide=True, cell=_left_out),
    )
    empty = empty_state("phone", t("review.tasks.none"), t("review.tasks.none.text"), small=True)
    return data_table(columns, DayState.messages, caption=t("review.part.tasks"), empty=empty)


def held() -> rx.Component:
    """Return the invoices that are left alone, each with its reason."""
    columns = (
        Column("customer", t("review.customer"), strong=True, cell=_linked),
        Column("number", t("review.invoice")),
        Column("reason", t("review.reason")),
        Column("days", t("review.overdue"), numeric=True, wide=True),
        Column("open", t("review.open"), numeric=True),
        Column("segment", t("review.segment"), wide=True),
    )
    empty = empty_state("check", t("review.held.none"), t("review.held.none.text"), small=True)
    return data_table(columns, DayState.held, caption=t("review.part.held"), empty=empty)


def gone() -> rx.Component:
    """Return what was recorded for the day, with its state."""

    def state(item: rx.Var[RecordedItem]) -> rx.Component:
        told = rx.match(
            item.state_kind,
            *((kind, badge(kind, item.state)) for kind in ("ok", "watch", "bad", "info")),
            rx.el.span(item.state, class_name="t2"),
        )
        return rx.el.span(told, rx.cond(item.error != "", rx.el.span(item.error, class_name="t2 f11 why"), ""))

    columns = (
        Column("customer", t("review.customer"), strong=True, cell=_linked),
        Column("step", t("review.step")),
        Column("channel", t("review.channel"), wide=True),
        Column("recipient", t("review.recipient"), wide=True),
        Column("total", t("review.total"), numeric=True),
        Column("at", t("review.at"), wide=True),
        Column("state", t("review.state"), cell=state),
    )
    empty = empty_state("mail", t("review.gone.none"), t("review.gone.none.text"), small=True)
    return data_table(columns, DayState.gone, caption=t("review.gone"), empty=empty)


def by_hand() -> rx.Component:
    """Return the customers handled by hand, with the way back."""

    def back(item: rx.Var[ByHandItem]) -> rx.Component:
        press = button(t("review.by_hand.set_back"), size="sm", on_click=DayState.set_back(item.customer_id))
        return rx.cond(may(Permission.WORK_CUSTOMERS), press, rx.fragment())

    columns = (
        Column("customer", t("review.customer"), strong=True, cell=_customer),
        Column("reason", t("review.reason")),
        Column("since", t("review.since"), wide=True),
        Column("who", t("review.who"), wide=True),
        Column("customer_id", rx.el.span(t("review.acts"), class_name="sr"), cell=back),
    )
    empty = empty_state("user", t("review.by_hand.none"), t("review.by_hand.none.text"), small=True)
    return data_table(columns, DayState.by_hand, caption=t("review.by_hand"), empty=empty)


def _left_out(item: Any) -> rx.Component:
    return rx.el.div(item.left_out, class_name="why t2 f11")


def _customer(item: Any) -> rx.Component:
    return rx.fragment(link(item.customer, href=item.href, class_name="lnk"), rx.el.span(item.code, class_name="cc"))


def _linked(item: Any) -> rx.Component:
    return link(item.customer, href=item.href, class_name="lnk")
