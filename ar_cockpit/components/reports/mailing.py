"""Reports that are mailed: the dialog that sets one up, the list of them, and what became of each mail."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import badge, button, icon_button
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import field, text_input
from ar_cockpit.components.layout import card, card_head, empty_state, note
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.frame.session import Choice
from ar_cockpit.state.reports.mailing import MailingState as State
from ar_cockpit.state.reports.mailing_rows import DeliveryItem, ReaderItem, ScheduleItem

_ENDINGS = ("pdf", "xlsx", "csv")
_ABOUT = ("day", "month_end")


def mail_button(*, is_pack: bool) -> rx.Component:
    """Return the button that opens the dialog, for the report shown or the pack."""
    return button(t("mailed.ask"), kind="ghost", size="sm", icon_name="mail", on_click=State.ask(True, is_pack))


def mailed_reports() -> rx.Component:
    """Return what is mailed, and below it what became of each mail."""
    empty = empty_state("mail", t("mailed.none"), t("mailed.none.text"), small=True)
    listed = data_table(_schedule_columns(), State.items, caption=t("mailed.title"), empty=empty)
    log = card(
        card_head(t("mailed.log"), t("mailed.log.note")),
        data_table(_delivery_columns(), State.log, caption=t("mailed.log")),
    )
    shown = rx.fragment(
        card(card_head(t("mailed.title"), t("mailed.note")), listed),
        rx.cond(State.log.length() > 0, log, rx.fragment()),
    )
    return rx.cond(State.is_listed, shown, rx.fragment())


def _schedule_columns() -> tuple[Column, ...]:
    def name(item: rx.Var[ScheduleItem]) -> rx.Component:
        by = rx.cond(item.is_mine, rx.fragment(), rx.el.span(t("mailed.by"), " ", item.owner, class_name="t2 f11"))
        return rx.el.div(rx.el.b(item.name), rx.el.span(item.what, class_name="t2 f11"), by, class_name="mailed-name")

    def comes(item: rx.Var[ScheduleItem]) -> rx.Component:
        return rx.cond(item.is_paused, badge("watch", item.next, "pause"), rx.el.span(item.next))

    def acts(item: rx.Var[ScheduleItem]) -> rx.Component:
        key, named = item.schedule_id, " " + item.name
        now = icon_button("send", t("mailed.now") + named, size="sm", on_click=State.send_now(key))
        pause = icon_button("pause", t("mailed.pause") + named, size="sm", on_click=State.pause(key, True))
        go_on = icon_button("play", t("mailed.go_on") + named, size="sm", on_click=State.pause(key, False))
        remove = icon_button("trash-2", t("mailed.remove") + named, size="sm", on_click=State.remove(key))
        mine = rx.fragment(now, rx.cond(item.is_paused, go_on, pause), remove)
        leave = button(t("mailed.leave"), kind="ghost", size="sm", on_click=State.leave(key))
        return rx.el.div(rx.cond(item.is_mine, mine, leave), class_name="row mailed-acts")

    return (
        Column("name", t("mailed.report"), cell=name),
        Column("when", t("mailed.when")),
        Column("readers", t("mailed.readers"), wide=True),
        Column("next", t("mailed.next"), cell=comes),
        Column("acts", t("mailed.acts"), cell=acts),
    )


def _delivery_columns() -> tuple[Column, ...]:
    def state(item: rx.Var[DeliveryItem]) -> rx.Component:
        return badge(item.kind, item.state)

    return (
        Column("name", t("mailed.report"), strong=True),
        Column("reader", t("mailed.reader")),
        Column("day", t("mailed.of_day"), wide=True),
        Column("at", t("mailed.at")),
        Column("state", t("mailed.state"), cell=state),
        Column("why", t("mailed.why"), wide=True),
    )


def mailing_dialog() -> rx.Component:
    """Return the dialog that sets a mailing up."""

    def option(one: rx.Var[Choice]) -> rx.Component:
        return rx.el.option(one.label, value=one.value)

    def reader(one: rx.Var[ReaderItem]) -> rx.Component:
        box = rx.el.input(type="checkbox", name=one.field)
        return rx.el.label(box, one.name, rx.el.span(one.email, class_name="t2 f11"), class_name="row f12")

    days = rx.el.select(rx.foreach(State.rhythms, option), id="mailed-every", name="every", class_name="inp")
    at = text_input(id="mailed-at", name="at", type="time", default_value="07:00", required=True)
    endings = [rx.el.option(t(f"mailed.ending.{one}"), value=one) for one in _ENDINGS[:2]]
    endings.append(rx.cond(State.is_pack, rx.fragment(), rx.el.option(t("mailed.ending.csv"), value="csv")))
    ending = rx.el.select(*endings, id="mailed-ending", name="ending", class_name="inp")
    about = rx.el.select(
        *(rx.el.option(t(f"mailed.about.{one}"), value=one) for one in _ABOUT),
        id="mailed-about",
        name="about",
        class_name="inp",
    )
    form = rx.form(
        rx.el.div(
            field(t("mailed.days"), days, control_id="mailed-every"),
            field(t("mailed.time"), at, control_id="mailed-at", hint=State.zone),
            field(t("mailed.ending"), ending, control_id="mailed-ending"),
            field(t("mailed.about"), about, control_id="mailed-about"),
            class_name="mailed-fields",
        ),
        rx.el.fieldset(
            rx.el.legend(t("mailed.readers"), class_name="fl"),
            rx.el.div(rx.foreach(State.readers, reader), class_name="mailed-readers", tab_index=0, role="group"),
            class_name="roles",
        ),
        note("info", t("mailed.rights")),
        rx.el.div(
            button(t("shell.cancel"), on_click=State.ask(False, False)),
            button(t("mailed.add"), kind="pri", type="submit"),
            class_name="row dialog-acts",
        ),
        on_submit=State.add,
        class_name="review-form",
    )
    title = rx.cond(State.is_pack, t("mailed.dialog.pack"), t("mailed.dialog"))
    return dialog(State.is_asking, lambda is_open: State.ask(is_open, State.is_pack), title, form, width="520px")
