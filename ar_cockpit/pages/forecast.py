"""Forecast: how far it may be trusted on this ledger, and which version of it speaks."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button, link
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.frame.tabs import forecast_page
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.components.vega_chart import vega_chart
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.forecast.cards import BinItem, CardItem, ErrorItem
from ar_cockpit.state.forecast.screen import DriftItem, ForecastState, VersionItem
from ar_cockpit.state.frame.session import SessionState

_NAIVE = ("customer_mean", "customer_median", "global_median", "due_date")


@rx.page(route=routes.FORECAST, title=t("forecast.title"), on_load=ForecastState.load)
def forecast() -> rx.Component:
    """Draw the cards of the ledgers, the limits, and the versions."""
    loaded = rx.fragment(_notes(), _drifts(), _cards(), _versions(), _method(), _published(), _limits())
    return forecast_page(
        routes.FORECAST,
        rx.el.p(rx.el.b(t("forecast.question")), " ", t("forecast.note"), class_name="t2"),
        rx.cond(ForecastState.is_loaded, loaded, card(skeleton_rows(9))),
        confirm_dialog(
            ForecastState.is_asking,
            ForecastState.ask_title,
            ForecastState.consequences,
            t("forecast.confirm"),
            ForecastState.confirm,
            ForecastState.cancel,
        ),
    )


def _notes() -> rx.Component:
    chosen = note("info", ForecastState.chosen_words, icon_name="info")
    worse = note("watch", ForecastState.worse_words, icon_name="triangle-alert")
    return rx.fragment(
        rx.cond(ForecastState.chosen_words != "", chosen, rx.fragment()),
        rx.cond(ForecastState.worse_words != "", worse, rx.fragment()),
    )


def _drifts() -> rx.Component:
    def name(item: rx.Var[DriftItem]) -> rx.Component:
        company = rx.el.span(" ", item.company, class_name="t2 f11")
        return rx.fragment(link(item.name, href=item.href, class_name="lnk"), company)

    def change(item: rx.Var[DriftItem]) -> rx.Component:
        return rx.fragment(rx.el.span(item.later, class_name="b bad"), rx.el.div(item.sure, class_name="t2 f11 why"))

    columns = (
        Column("name", t("drift.customer"), strong=True, cell=name),
        Column("usual", t("drift.usual"), numeric=True, wide=True),
        Column("recent", t("drift.recent"), numeric=True),
        Column("later", t("drift.later"), numeric=True, cell=change),
        Column("since", t("drift.since"), wide=True),
        Column("raised", t("drift.raised"), wide=True),
    )
    empty = empty_state("check", t("drift.none"), t("drift.none.text"), small=True)
    return card(
        card_head(t("drift.title"), t("drift.note")),
        data_table(columns, ForecastState.drifts, caption=t("drift.title"), empty=empty),
    )


def _cards() -> rx.Component:
    empty = card(empty_state("gauge", t("forecast.none"), t("forecast.none.text"), small=True))
    return rx.cond(
        ForecastState.cards, rx.fragment(rx.foreach(ForecastState.cards, lambda one: _card(one, _NAIVE))), empty
    )


def _published() -> rx.Component:
    """Draw the known ledgers, where boosted trees were tried beside it."""
    return rx.fragment(rx.foreach(ForecastState.published, lambda one: _card(one, ("lightgbm", *_NAIVE))))


def _method() -> rx.Component:
    said = (rx.el.p(t(f"forecast.{name}")) for name in ("what", "protocol", "published.data"))
    return card(card_head(t("forecast.published"), t("forecast.published.note")), rx.el.div(*said, class_name="pad t2"))


def _card(item: rx.Var[CardItem], beside: tuple[str, ...]) -> rx.Component:
    others = (Column(name, t(f"forecast.other.{name}"), numeric=True, wide=name != "customer_mean") for name in beside)

    def figure(row: rx.Var[ErrorItem]) -> rx.Component:
        return rx.el.div(row.name, class_name="why")

    columns = (
        Column("name", t("forecast.figure"), strong=True, cell=figure),
        Column("forecast", t("forecast.other.forecast"), numeric=True, strong=True),
        *others,
    )
    late = (
        Column("chance", t("forecast.late.chance"), numeric=True),
        Column("came", t("forecast.late.came"), numeric=True, strong=True),
        Column("invoices", t("forecast.late.invoices"), numeric=True),
    )
    errors: rx.Var[list[ErrorItem]] = item.errors
    bins: rx.Var[list[BinItem]] = item.late
    plot: rx.Var[dict[str, Any]] = item.plot
    return card(
        card_head(item.title, item.measured),
        data_table(columns, errors, caption=t("forecast.card")),
        card_head(t("forecast.late"), t("forecast.late.note")),
        rx.el.div(vega_chart(plot, label=item.plot_label, height=220), class_name="pad"),
        data_table(late, bins, caption=t("forecast.late")),
    )


def _versions() -> rx.Component:
    def name(item: rx.Var[VersionItem]) -> rx.Component:
        mark = rx.cond(item.is_chosen, badge("info", item.state), rx.fragment())
        return rx.fragment(item.company, " ", item.number, rx.el.div(item.as_of, class_name="t2 f11"), mark)

    def learned(item: rx.Var[VersionItem]) -> rx.Component:
        noted = rx.cond(item.note != "", rx.el.div(item.note, class_name="t2 f11 why"), rx.fragment())
        return rx.fragment(item.period, rx.el.div(item.method, class_name="t2 f11 why"), noted)

    def marks(item: rx.Var[VersionItem]) -> rx.Component:
        return rx.el.code(item.marks, class_name="f11")

    def act(item: rx.Var[VersionItem]) -> rx.Component:
        words = t("forecast.back") + ": " + item.company + " " + item.number
        back = button(t("forecast.back"), size="sm", on_click=ForecastState.ask(item.key), aria_label=words)
        release = button(t("forecast.release"), size="sm", on_click=ForecastState.ask(item.company + "/"))
        may = SessionState.permissions.contains(Permission.RUN_JOBS.value)
        return rx.cond(may, rx.cond(item.is_chosen, release, back), rx.fragment())

    columns = (
        Column("number", t("forecast.version"), strong=True, cell=name),
        Column("period", t("forecast.learned"), wide=True, cell=learned),
        Column("settled", t("forecast.settled"), numeric=True, wide=True),
        Column("days_off", t("forecast.days_off"), numeric=True, note=t("forecast.days_off.note")),
        Column("coverage", t("forecast.coverage"), numeric=True, wide=True),
        Column("marks", t("forecast.marks"), wide=True, cell=marks, note=t("forecast.marks.note")),
        Column("key", rx.el.span(t("forecast.back"), class_name="sr"), cell=act),
    )
    empty = empty_state("layers", t("forecast.versions.none"), t("forecast.versions.none.text"), small=True)
    return card(
        card_head(t("forecast.versions"), t("forecast.versions.note")),
        data_table(columns, ForecastState.versions, caption=t("forecast.versions"), empty=empty),
    )


def _limits() -> rx.Component:
    lines = (rx.el.li(t(f"forecast.limit.{name}")) for name in ("ledger", "chance", "sparse", "stopped", "short"))
    return card(card_head(t("forecast.limits")), rx.el.ul(*lines, class_name="pad t2"))
