"""Executive: are we getting paid, and what cash comes."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import icon, link_button
from ar_cockpit.components.executive import charts, parts, tables
from ar_cockpit.components.executive.alerts import alert_bars
from ar_cockpit.components.executive.left_out import left_out
from ar_cockpit.components.figures import kpi_strip
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.frame.tabs import executive_tabs
from ar_cockpit.components.layout import card, empty_state, page_head, skeleton_block
from ar_cockpit.components.reminders.stop import stop_banner
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.executive.left_out import LeftOutState
from ar_cockpit.state.executive.screen import ExecutiveState as State
from ar_cockpit.state.frame.session import SessionState


@rx.page(route=routes.EXECUTIVE, title=t("executive.title"), on_load=[State.load, LeftOutState.look])
def executive() -> rx.Component:
    """Draw the executive's screen."""
    return page_frame(
        routes.EXECUTIVE,
        rx.el.div(
            executive_tabs(),
            rx.el.span(class_name="sp"),
            rx.cond(State.segments, parts.menus(), rx.fragment()),
            class_name="row wrap",
        ),
        page_head(t("executive.question"), rx.cond(State.is_loaded, _period(), rx.fragment()), _export()),
        alert_bars(State.alerts),
        rx.cond(State.is_loaded, rx.cond(State.is_empty, _nothing_yet(), _figures()), _skeleton()),
        permission=Permission.VIEW_FIGURES,
        banner=stop_banner(),
    )


def _figures() -> rx.Component:
    return rx.el.div(
        _missing_rates(),
        left_out(),
        parts.note(),
        kpi_strip(State.kpis, label=t("executive.key_figures")),
        rx.el.div(charts.ageing(), charts.dso(), charts.cash(), class_name="charts"),
        rx.cond(State.are_tables_loaded, _tables(), card(skeleton_block(300), class_name="pad")),
        class_name="ex",
    )


def _tables() -> rx.Component:
    """Return what takes a look at every customer and comes after the figures."""
    beside = rx.el.div(tables.team(), tables.disputes(), class_name="col2")
    return rx.fragment(rx.el.div(tables.debtors(), beside, class_name="tbl"), parts.where())


def _skeleton() -> rx.Component:
    blocks = (card(skeleton_block(96), class_name="pad"), card(skeleton_block(228), class_name="pad"))
    return rx.el.div(*blocks, card(skeleton_block(300), class_name="pad"), class_name="ex")


def _nothing_yet() -> rx.Component:
    way = link_button(t("executive.empty.import"), href=routes.IMPORTS + "/", kind="pri")
    may_import = SessionState.permissions.contains(Permission.IMPORT_LEDGER.value)
    action = rx.cond(may_import, way, rx.fragment())
    return card(empty_state("chart-column", t("executive.empty"), t("executive.empty.text"), action))


def _period() -> rx.Component:
    return rx.el.span(State.period, " ", _rates())


def _rates() -> rx.Component:
    """Return the day of the rates, once for the whole screen."""
    told = rx.el.span(
        rx.cond(State.rates_are_old, icon("triangle-alert", 12), rx.fragment()),
        State.rates,
        title=State.rates_listed,
        class_name=rx.cond(State.rates_are_old, "rates old", "rates"),
    )
    return rx.cond(State.rates != "", told, rx.fragment())


def _missing_rates() -> rx.Component:
    note = rx.el.p(icon("triangle-alert", 14), State.missing_rates, class_name="rates-missing", role="status")
    return rx.cond(State.missing_rates != "", note, rx.fragment())


def _export() -> rx.Component:
    download = link_button(
        t("executive.export"), href=State.xlsx_href, size="sm", icon_name="download", is_download=True
    )
    return rx.cond(State.xlsx_href != "", download, rx.fragment())
