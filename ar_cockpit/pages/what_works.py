"""What works: by how much contacts move payments, with how sure that is and what it cannot say."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge
from ar_cockpit.components.frame.tabs import forecast_page
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.forecast.works import EffectItem, WhatWorksState, WorksItem


@rx.page(route=routes.WHAT_WORKS, title=t("works.page"), on_load=WhatWorksState.load)
def what_works() -> rx.Component:
    """Draw the effects by company."""
    empty = card(empty_state("flask-conical", t("works.none"), t("works.none.text"), small=True))
    shown = rx.cond(WhatWorksState.found, rx.fragment(rx.foreach(WhatWorksState.found, _company)), empty)
    return forecast_page(
        routes.WHAT_WORKS,
        note("watch", t("works.warning"), icon_name="triangle-alert"),
        rx.cond(WhatWorksState.is_loaded, shown, card(skeleton_rows(6))),
        card(card_head(t("works.read")), rx.el.ul(*_reading(), class_name="pad t2 f12")),
    )


def _reading() -> list[rx.Component]:
    return [rx.el.li(t(f"works.read.{name}")) for name in ("odds", "compared", "alike", "step")]


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
    return card(
        card_head(item.company, item.based_on),
        rx.cond(item.reason != "", why, rx.fragment(told, data_table(columns, effects, caption=t("works.page")))),
    )
