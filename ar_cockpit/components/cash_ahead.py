"""The parts of the page of the cash to come."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, button, icon, link
from ar_cockpit.components.forms import checkbox, field, param, select, tabs
from ar_cockpit.components.layout import card, card_head, empty_state
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.components.vega_chart import chart_card
from ar_cockpit.state.forecast.cash import VIEWS
from ar_cockpit.state.forecast.cash import CashAheadState as State
from ar_cockpit.state.forecast.cash_beside import JudgedItem, SupposedItem
from ar_cockpit.state.forecast.cash_rows import CustomerItem, PayerItem, PlaceItem, SpanItem
from ar_cockpit.state.frame.session import SessionState


def views() -> rx.Component:
    """Return the choice of days, weeks or sums."""
    value, choose = param("by", VIEWS[0])
    return tabs([(view, t(f"ahead.by.{view}")) for view in VIEWS], value, choose, label=t("ahead.by"))


def chart() -> rx.Component:
    """Return the chart with the figures behind it."""

    def expected(item: rx.Var[SpanItem]) -> rx.Component:
        return rx.cond(item.href != "", link(item.expected, href=item.href, class_name="lnk"), item.expected)

    columns = (
        Column("day", t("ahead.span"), strong=True),
        Column("expected", t("ahead.expected"), numeric=True, cell=expected),
        Column("low", t("ahead.low"), numeric=True),
        Column("high", t("ahead.high"), numeric=True),
    )
    band, other = (
        rx.el.span(rx.el.i(class_name=mark), t(f"ahead.legend.{key}"), class_name="lk")
        for mark, key in (("b80", "band"), ("dash", "supposed"))
    )
    has_other = (State.view == "week") | ((State.view == "sum") & (State.supposed.length() > 0))
    legend = (band, rx.cond(has_other, other, rx.fragment()))
    return chart_card(
        t("ahead.title"),
        State.spec,
        summary=State.summary,
        table=data_table(columns, State.spans, caption=t("ahead.title")),
        name="ahead",
        note=State.unit,
        height=220,
        actions=legend,
    )


def payers() -> rx.Component:
    """Return who is to pay the week that was chosen: rows that add up to it."""

    def name(item: rx.Var[PayerItem]) -> rx.Component:
        led = rx.cond(item.href != "", link(item.name, href=item.href, class_name="lnk"), item.name)
        return rx.el.div(led, _beside(item.company), class_name="drives")

    columns = (
        Column("name", t("ahead.customer"), strong=True, cell=name),
        Column("expected", t("ahead.expected"), numeric=True),
    )
    every = link(icon("x", 14), t("ahead.week.every"), href=State.every_week, class_name="btn ghost sm")
    listed = data_table(
        columns, State.payers, caption=State.payers_head, row_class=lambda item: rx.cond(item.is_total, "b", "")
    )
    told = card(card_head(State.payers_head, t("ahead.week.note"), every), listed)
    return rx.cond(State.payers_head != "", told, rx.fragment())


def what_if() -> rx.Component:
    """Return what may be supposed, and what it would change week by week."""

    def difference(item: rx.Var[SupposedItem]) -> rx.Component:
        return rx.el.span(item.difference, class_name=item.kind + " b")

    columns = (
        Column("day", t("ahead.week_of"), strong=True),
        Column("forecast", t("ahead.forecast"), numeric=True),
        Column("supposed", t("ahead.supposed"), numeric=True),
        Column("low", t("ahead.low"), numeric=True, wide=True),
        Column("high", t("ahead.high"), numeric=True, wide=True),
        Column("difference", t("ahead.difference"), numeric=True, cell=difference),
    )
    weeks = data_table(
        columns,
        State.supposed,
        caption=t("ahead.what_if"),
        row_class=lambda item: rx.cond(item.is_total, "b", ""),
    )
    found = rx.fragment(rx.el.p(State.supposed_summary, class_name="pad-x f12", aria_live="polite"), weeks)
    meant = (rx.el.li(t(f"ahead.meant.{key}")) for key in ("terms", "failing", "later"))
    return card(
        card_head(t("ahead.what_if"), t("ahead.what_if.note")),
        _suppositions(),
        rx.cond(State.supposed.length() > 0, found, rx.fragment()),
        rx.el.ul(*meant, class_name="pad t2 f12"),
    )


def _suppositions() -> rx.Component:
    _, terms = param("terms", "0")
    _, failing = param("failing", "none")
    later = rx.el.label(
        checkbox(t("ahead.later"), checked=State.later, on_change=State.suppose_later),
        rx.el.span(t("ahead.later"), aria_hidden="true"),
        class_name="row tick-line f12",
    )
    nothing = button(t("ahead.nothing"), size="sm", icon_name="rotate-ccw", on_click=State.suppose_nothing)
    return rx.el.div(
        field(
            t("ahead.terms"),
            select(State.term_choices, State.terms, terms, label=t("ahead.terms"), id="terms"),
            control_id="terms",
        ),
        field(
            t("ahead.failing"),
            select(State.customer_choices, State.failing, failing, label=t("ahead.failing"), id="failing"),
            control_id="failing",
        ),
        later,
        rx.cond(State.supposed.length() > 0, nothing, rx.fragment()),
        class_name="what-if",
    )


def kinds() -> rx.Component:
    """Return why the cash is expected when it is."""
    columns = (
        Column("name", t("ahead.kind"), strong=True),
        Column("count", t("ahead.invoices"), numeric=True, wide=True),
        Column("open", t("ahead.open"), numeric=True),
        Column("expected", t("ahead.in_quarter"), numeric=True),
        Column("share", t("ahead.share"), numeric=True),
    )
    return card(
        card_head(t("ahead.kinds"), SessionState.currency), data_table(columns, State.kinds, caption=t("ahead.kinds"))
    )


def customers() -> rx.Component:
    """Return the customers that drive the cash."""

    def name(item: rx.Var[CustomerItem]) -> rx.Component:
        return rx.el.div(link(item.name, href=item.href, class_name="lnk"), _beside(item.company), class_name="drives")

    columns = (
        Column("name", t("ahead.customer"), strong=True, cell=name),
        Column("open", t("ahead.open"), numeric=True, wide=True),
        Column("overdue", t("ahead.overdue"), numeric=True, wide=True),
        Column("agreed", t("ahead.agreed"), numeric=True, wide=True, note=t("ahead.agreed.note")),
        Column("soon", t("ahead.in_four"), numeric=True, wide=True),
        Column("quarter", t("ahead.in_quarter"), numeric=True),
        Column("share", t("ahead.share"), numeric=True),
    )
    empty = empty_state("users", t("ahead.none"), t("ahead.none.text"), small=True)
    return card(
        card_head(t("ahead.customers"), SessionState.currency),
        data_table(columns, State.customers, caption=t("ahead.customers"), empty=empty),
    )


def places() -> rx.Component:
    """Return every company with every currency it is owed, each in that currency."""

    def name(item: rx.Var[PlaceItem]) -> rx.Component:
        doubt = rx.cond(item.doubt != "", rx.el.div(item.doubt, class_name="watch f11 why"), rx.fragment())
        return rx.fragment(item.company, " ", _beside(item.currency), doubt)

    def month(item: rx.Var[PlaceItem]) -> rx.Component:
        return rx.fragment(item.month, rx.el.div(item.month_band, class_name="t2 f11"))

    def quarter(item: rx.Var[PlaceItem]) -> rx.Component:
        return rx.fragment(item.quarter, rx.el.div(item.quarter_band, class_name="t2 f11"))

    columns = (
        Column("company", t("ahead.company"), strong=True, cell=name),
        Column("open", t("ahead.open"), numeric=True, wide=True),
        Column("overdue", t("ahead.overdue"), numeric=True, wide=True),
        Column("month", t("ahead.in_30"), numeric=True, wide=True, cell=month),
        Column("quarter", t("ahead.in_quarter"), numeric=True, cell=quarter),
    )
    return card(
        card_head(t("ahead.places"), t("ahead.places.note")),
        data_table(columns, State.places, caption=t("ahead.places")),
    )


def judged() -> rx.Component:
    """Return the forecast of a quarter ago against what came."""

    def verdict(item: rx.Var[JudgedItem]) -> rx.Component:
        return badge(item.kind, item.word)

    columns = (
        Column("day", t("ahead.week_of"), strong=True),
        Column("forecast", t("ahead.forecast"), numeric=True),
        Column("band", t("ahead.band"), numeric=True, wide=True),
        Column("came", t("ahead.came"), numeric=True, note=t("ahead.came.note")),
        Column("off", t("ahead.off"), numeric=True, wide=True),
        Column("word", t("ahead.band"), cell=verdict),
    )
    empty = empty_state("history", t("ahead.judged.none"), t("ahead.judged.none.text"), small=True)
    return card(
        card_head(t("ahead.judged"), State.judged_summary),
        data_table(columns, State.judged, caption=t("ahead.judged"), empty=empty),
    )


def _beside(words: Any) -> rx.Component:
    return rx.el.span(" ", words, class_name="t2 f11")
