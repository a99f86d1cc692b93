"""Executive: are we getting paid, and what cash comes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, icon, link, link_button, named_icon
from ar_cockpit.components.figures import kpi_strip, sparkline
from ar_cockpit.components.forms import param, tabs
from ar_cockpit.components.layout import card, card_head, empty_state, page_head, skeleton_block
from ar_cockpit.components.shell import page_frame
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.components.vega_chart import chart_card
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.executive import ExecutiveState as State
from ar_cockpit.state.executive_months import AgeItem
from ar_cockpit.state.executive_rows import CollectorItem, DebtorItem, DisputeItem
from ar_cockpit.state.session import SessionState


@rx.page(route=routes.EXECUTIVE, title=t("executive.title"), on_load=State.load)
def executive() -> rx.Component:
    """Draw the executive's screen."""
    return page_frame(
        routes.EXECUTIVE,
        page_head(t("executive.question"), rx.cond(State.is_loaded, _period(), rx.fragment()), _export()),
        rx.cond(State.is_loaded, rx.cond(State.is_empty, _nothing_yet(), _figures()), _skeleton()),
        permission=Permission.VIEW_FIGURES,
    )


def _figures() -> rx.Component:
    return rx.el.div(
        kpi_strip(State.kpis, label=t("executive.key_figures")),
        rx.el.div(_ageing(), _dso(), _cash(), class_name="charts"),
        rx.el.div(_debtors(), rx.el.div(_team(), _disputes(), class_name="col2"), class_name="tbl"),
        class_name="ex",
    )


def _skeleton() -> rx.Component:
    blocks = (card(skeleton_block(96), class_name="pad"), card(skeleton_block(228), class_name="pad"))
    return rx.el.div(*blocks, card(skeleton_block(300), class_name="pad"), class_name="ex")


def _nothing_yet() -> rx.Component:
    way = link_button(t("executive.empty.import"), href=routes.IMPORTS + "/", kind="pri")
    may_import = SessionState.permissions.contains(Permission.IMPORT_LEDGER.value)
    action = rx.cond(may_import, way, rx.fragment())
    return card(empty_state("chart-column", t("executive.empty"), t("executive.empty.text"), action))


def _period() -> rx.Component:
    worth = rx.el.span(t("executive.worth"), " ", rx.el.b(State.worth, class_name="tx"), ".")
    return rx.el.span(State.period, " ", rx.cond(State.worth != "—", worth, rx.fragment()))


def _export() -> rx.Component:
    download = link_button(
        t("executive.export"), href=State.xlsx_href, size="sm", icon_name="download", is_download=True
    )
    return rx.cond(State.xlsx_href != "", download, rx.fragment())


def _ageing() -> rx.Component:
    ages = ("age0", "age1", "age2", "age3", "age4", "age5")
    amounts = (Column(key, t(f"executive.{key}"), numeric=True) for key in ("not_due", *ages[1:]))
    columns = (
        Column("day", t("executive.day"), strong=True),
        *amounts,
        Column("receivables", t("executive.all"), numeric=True),
        Column("overdue", t("executive.overdue"), numeric=True),
    )
    return chart_card(
        t("executive.ageing"),
        State.ageing_spec,
        summary=State.ageing_summary,
        table=data_table(columns, State.months, caption=t("executive.ageing")),
        name="ageing",
        note=State.ageing_unit + ", " + t("executive.ageing.note"),
        height=200,
        beside=_ages(),
    )


def _ages() -> rx.Component:
    def age(item: rx.Var[AgeItem]) -> rx.Component:
        swatch = rx.el.span(class_name=rx.Var.create("sw ") + item.colour)
        amount = rx.el.td(link(item.amount, href=item.href, class_name="lnk"), class_name="num")
        return rx.el.tr(rx.el.td(swatch, item.label), amount, rx.el.td(item.share, class_name="num t2"))

    head = rx.el.tr(
        rx.el.th(State.ages_head, scope="col"),
        rx.el.th(SessionState.currency, scope="col", class_name="num"),
        rx.el.th("%", scope="col", class_name="num"),
    )
    foot = rx.el.tr(
        rx.el.td(t("executive.all")),
        rx.el.td(State.ages_total, class_name="num"),
        rx.el.td(class_name="num"),
    )
    return rx.el.table(
        rx.el.caption(t("executive.ages"), class_name="sr"),
        rx.el.thead(head),
        rx.el.tbody(rx.foreach(State.ages, age)),
        rx.el.tfoot(foot),
        class_name="lg",
    )


def _dso() -> rx.Component:
    keys = ("dso", "dso_simple", "best", "add", "cei")
    columns = (
        Column("day", t("executive.day"), strong=True),
        *(Column(key, t(f"executive.column.{key}"), numeric=True) for key in keys),
    )
    return chart_card(
        t("executive.dso.title"),
        State.dso_spec,
        summary=State.dso_summary,
        table=data_table(columns, State.months, caption=t("executive.dso.title")),
        name="dso",
        note=t("executive.dso.note"),
        height=200,
    )


def _cash() -> rx.Component:
    columns = (
        Column("day", t("executive.week_of"), strong=True),
        *(
            Column(key, t(f"executive.column.{key}"), numeric=True)
            for key in ("received", "came", "forecast", "low", "high")
        ),
    )
    return chart_card(
        t("executive.cash"),
        State.cash_spec,
        summary=rx.cond(State.is_cash_loaded, State.cash_summary, t("executive.cash.wait")),
        table=data_table(columns, State.weeks, caption=t("executive.cash")),
        name="cash",
        note=State.cash_unit,
        height=200,
        actions=_cash_legend(),
    )


def _cash_legend() -> tuple[rx.Component, ...]:
    marks = (("came", "came"), ("b50", "received_since"), ("dash", "forecast_then"), ("b80", "band"))
    return tuple(
        rx.el.span(
            rx.el.i(class_name=mark),
            t(f"executive.legend.{key}"),
            title=t(f"executive.legend.{key}.note"),
            class_name="lk",
        )
        for mark, key in marks
    )


def _debtors() -> rx.Component:
    every = link(State.debtors_all, icon("chevron-right", 14), href=State.debtors_all_href, class_name="btn ghost sm")
    listed = data_table(
        _debtor_columns(),
        State.debtors,
        caption=t("executive.debtors"),
        empty=empty_state("check", t("executive.debtors.none"), t("executive.debtors.none.text"), small=True),
    )
    return card(card_head(t("executive.debtors"), State.debtors_note, every), listed)


def _debtor_columns() -> tuple[Column, ...]:
    def name(item: rx.Var[DebtorItem]) -> rx.Component:
        return rx.fragment(
            link(item.name, href=item.href, title=item.name, class_name="lnk"),
            rx.el.span(item.country, class_name="cc"),
        )

    def overdue(item: rx.Var[DebtorItem]) -> rx.Component:
        return link(item.overdue, href=item.overdue_href, class_name="lnk")

    def trend(item: rx.Var[DebtorItem]) -> rx.Component:
        return rx.el.span(sparkline(item.spark, quiet=True), item.trend, class_name="row trend")

    def action(item: rx.Var[DebtorItem]) -> rx.Component:
        mark = rx.el.span(named_icon(item.action_icon, 14), class_name="t2")
        return rx.el.span(mark, rx.el.span(item.action, class_name="el", title=item.action), class_name="row act")

    return (
        Column("name", t("executive.column.customer"), strong=True, cell=name),
        Column("overdue", _in_currency("executive.overdue"), numeric=True, strong=True, cell=overdue),
        Column("oldest", t("executive.column.oldest"), numeric=True),
        Column(
            "risk",
            t("executive.column.risk"),
            note=t("executive.column.risk.note"),
            cell=lambda item: badge(item.risk_kind, item.risk),
        ),
        Column("trend", t("executive.column.trend"), note=t("executive.column.trend.note"), cell=trend),
        Column("owner", t("executive.column.owner"), cell=lambda item: rx.el.span(item.owner, title=item.owner_name)),
        Column("action", t("executive.column.action"), cell=action),
    )


def _team() -> rx.Component:
    value, choose = param("team", "collectors")
    choices = [(key, t(f"executive.team.{key}")) for key in ("collectors", "companies")]
    note = rx.el.span(State.month_note, class_name="t2 f11")
    head = rx.el.div(
        tabs(choices, value, choose, label=t("executive.team")),
        rx.el.span(class_name="sp"),
        rx.cond(value == "companies", rx.fragment(), note),
        class_name="ch bl",
    )
    return card(head, rx.cond(value == "companies", _companies(), _collectors()), class_name="team")


def _collectors() -> rx.Component:
    def row(item: rx.Var[CollectorItem]) -> rx.Component:
        return rx.el.tr(
            rx.el.td(link(item.name, href=item.href, class_name="lnk"), class_name="b"),
            rx.el.td(item.portfolio, class_name="num"),
            rx.el.td(link(item.overdue, href=item.overdue_href, class_name="lnk"), class_name="num"),
            rx.el.td(item.collected, class_name="num"),
            rx.el.td(_goal(item)),
            rx.el.td(item.kept, class_name="num", title=item.kept_of),
            rx.el.td(item.touches, class_name="num"),
        )

    keys = (("collector", ""), ("portfolio", "num"), ("overdue", "num"), ("collected", "num"))
    heads = [rx.el.th(t(f"executive.column.{key}"), scope="col", class_name=kind) for key, kind in keys]
    more = (("goal", ""), ("kept", "num"), ("touches", "num"))
    heads += [
        rx.el.th(t(f"executive.column.{key}"), scope="col", class_name=kind, title=t(f"executive.column.{key}.note"))
        for key, kind in more
    ]
    table = rx.el.table(
        rx.el.caption(t("executive.team.collectors"), class_name="sr"),
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(State.collectors, row)),
        rx.el.tfoot(rx.foreach(State.collectors_sum, row)),
        class_name="tight",
    )
    return rx.el.div(table, class_name="scroll", tab_index=0, role="group", aria_label=t("executive.team.collectors"))


def _goal(item: rx.Var[CollectorItem]) -> rx.Component:
    """Return how much of the goal is reached, with a mark at how much of the month is gone."""
    bar = rx.el.span(
        rx.el.i(style={"width": item.goal_width.to_string() + "%"}),
        rx.el.u(style={"left": State.month_gone.to_string() + "%"}),
        class_name="gb",
    )
    return rx.cond(
        item.goal_width >= 0,
        rx.el.span(bar, rx.el.span(item.goal), class_name="goal"),
        rx.el.span(item.goal, class_name="t2"),
    )


def _companies() -> rx.Component:
    keys = ("receivables", "overdue", "dso", "cei", "late")
    columns = (
        Column(
            "name",
            t("executive.column.company"),
            strong=True,
            cell=lambda item: link(item.name, href=item.href, class_name="lnk"),
        ),
        *(Column(key, t(f"executive.company.{key}"), numeric=True) for key in keys),
    )
    return data_table(columns, State.company_items, caption=t("executive.team.companies"))


def _disputes() -> rx.Component:
    def dispute(item: rx.Var[DisputeItem]) -> rx.Component:
        return rx.el.div(
            rx.el.span(item.reason, class_name="t2 f11"),
            rx.el.b(item.amount),
            rx.el.span(item.fact, class_name="t2 f11"),
        )

    listed = rx.el.div(rx.foreach(State.disputes, dispute), class_name="dg")
    every = link(
        t("executive.disputes.all"), icon("chevron-right", 14), href=State.disputes_href, class_name="btn ghost sm"
    )
    some = rx.cond(State.disputes.length() > 0, listed, rx.el.p(t("executive.disputes.none"), class_name="t2 f12"))
    return card(
        rx.el.div(
            rx.el.h2(t("executive.disputes")),
            rx.el.span(State.disputes_note, class_name="t2 f12 el"),
            rx.el.span(class_name="sp"),
            every,
            class_name="row",
        ),
        some,
        class_name="dis",
    )


def _in_currency(key: str) -> Any:
    return t(key) + " " + SessionState.currency
