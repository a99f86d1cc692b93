"""What works: by how much contacts move payments, with how sure that is and what it cannot say."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button
from ar_cockpit.components.dialogs import confirm_dialog, form_dialog
from ar_cockpit.components.forms import error_line, field, text_input
from ar_cockpit.components.frame.tabs import forecast_page
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.forecast.trial import GainItem, HoldOutState, TrialItem
from ar_cockpit.state.forecast.works import EffectItem, WhatWorksState, WorksItem


@rx.page(route=routes.WHAT_WORKS, title=t("works.page"), on_load=[WhatWorksState.load, HoldOutState.load])
def what_works() -> rx.Component:
    """Draw the effects by company."""
    empty = card(empty_state("flask-conical", t("works.none"), t("works.none.text"), small=True))
    shown = rx.cond(WhatWorksState.found, rx.fragment(rx.foreach(WhatWorksState.found, _company)), empty)
    return forecast_page(
        routes.WHAT_WORKS,
        note("watch", t("works.warning"), icon_name="triangle-alert"),
        rx.cond(WhatWorksState.is_loaded, shown, card(skeleton_rows(6))),
        _trials(),
        card(card_head(t("works.read")), rx.el.ul(*_reading(), class_name="pad t2 f12")),
        _starting(),
        confirm_dialog(
            HoldOutState.is_stopping,
            HoldOutState.stop_title,
            t("trial.stop.text"),
            t("trial.stop"),
            HoldOutState.stop,
            HoldOutState.shut,
        ),
    )


def _reading() -> list[rx.Component]:
    told = [rx.el.li(t(f"works.read.{name}")) for name in ("odds", "compared", "alike", "step")]
    return [*told, rx.el.li(t("trial.read"))]


def _company(item: rx.Var[WorksItem]) -> rx.Component:
    def word(effect: rx.Var[EffectItem]) -> rx.Component:
        return badge(effect.kind, effect.word)

    columns = (
        Column("name", t("works.contact"), strong=True),
        Column("ratio", t("works.ratio"), numeric=True, note=t("works.read.odds")),
        Column("band", t("works.band"), numeric=True),
        Column("word", t("works.says"), cell=word),
        Column("invoices", t("works.invoices"), numeric=True, wide=True),
        Column("payments", t("works.payments"), numeric=True, wide=True, note=t("works.payments.note")),
    )
    effects: rx.Var[list[EffectItem]] = item.effects
    told = rx.el.div(
        rx.cond(item.anyway != "", rx.el.p(rx.el.b(item.anyway), " ", item.week), rx.fragment()), class_name="pad"
    )
    why = empty_state("flask-conical", t("works.unknown"), item.reason, small=True)
    tried = rx.cond(item.tried != "", rx.el.div(item.tried, class_name="pad"), rx.fragment())
    return card(
        card_head(item.company, item.based_on),
        tried,
        rx.cond(item.reason != "", why, rx.fragment(told, data_table(columns, effects, caption=t("works.page")))),
    )


def _trials() -> rx.Component:
    head = rx.el.div(rx.el.h2(t("trial.title"), class_name="b"), rx.el.p(t("trial.text"), class_name="t2"))
    shown = rx.fragment(rx.foreach(HoldOutState.trials, _trial))
    return rx.fragment(head, rx.cond(HoldOutState.is_loaded, shown, card(skeleton_rows(3))))


def _trial(item: rx.Var[TrialItem]) -> rx.Component:
    def word(gain: rx.Var[GainItem]) -> rx.Component:
        return badge(gain.kind, gain.word)

    columns = (
        Column("within", t("trial.paid"), strong=True),
        Column("at_once", t("trial.at_once"), numeric=True),
        Column("held", t("trial.held"), numeric=True),
        Column("gain", t("trial.gain"), numeric=True, note=t("trial.gain.note")),
        Column("band", t("trial.interval"), numeric=True),
        Column("word", t("trial.says"), cell=word),
    )
    named = item.name
    start = button(
        t("trial.start"),
        size="sm",
        on_click=HoldOutState.ask_start(item.company),
        aria_label=t("trial.start") + ": " + named,
    )
    stop = button(
        t("trial.stop"),
        size="sm",
        on_click=HoldOutState.ask_stop(item.company),
        aria_label=t("trial.stop") + ": " + named,
    )
    switch = rx.cond(item.may_stop, stop, rx.cond(item.may_start, start, rx.fragment()))
    gains: rx.Var[list[GainItem]] = item.gains
    told = rx.el.div(
        rx.el.p(item.status),
        rx.cond(item.has_trial, rx.el.p(item.part, class_name="t2"), rx.fragment()),
        class_name="pad",
    )
    found = data_table(columns, gains, caption=t("trial.title"))
    return card(
        card_head(named, None, switch),
        told,
        rx.cond(item.has_trial, found, rx.fragment()),
    )


def _starting() -> rx.Component:
    def number(name: str, usual: str, most: str) -> rx.Component:
        kind = {"type": "number", "min": "1", "max": most, "required": True, "default_value": usual}
        return text_input(id=f"trial-{name}", name=name, **kind)

    day = text_input(
        id="trial-end",
        name="ends_on",
        type="date",
        required=True,
        min=HoldOutState.first_end,
        default_value=HoldOutState.usual_end,
    )
    return form_dialog(
        HoldOutState.is_starting,
        HoldOutState.shut,
        HoldOutState.start_title,
        rx.el.p(t("trial.start.means"), class_name="t2"),
        field(t("trial.share"), number("share", "10", "50"), control_id="trial-share"),
        field(t("trial.delay"), number("days", "3", "14"), control_id="trial-days"),
        field(t("trial.ends_on"), day, control_id="trial-end"),
        error_line(HoldOutState.error),
        send=t("trial.start"),
        on_submit=HoldOutState.start,
    )
