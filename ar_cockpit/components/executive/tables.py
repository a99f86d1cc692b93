"""The executive's tables: customers that matter, collectors or companies, disputes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, icon, link, named_icon
from ar_cockpit.components.explained import explained
from ar_cockpit.components.figures import sparkline
from ar_cockpit.components.forms import param, tabs
from ar_cockpit.components.layout import card, card_head, empty_state
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.executive.rows import CollectorItem, DebtorItem, DisputeItem
from ar_cockpit.state.executive.screen import ExecutiveState as State
from ar_cockpit.state.frame.session import SessionState


def debtors() -> rx.Component:
    """Return the customers that matter."""
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


def team() -> rx.Component:
    """Return the collectors, or the companies, side by side."""
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
            rx.el.td(_led(item.name, item.href), class_name="b"),
            rx.el.td(_led(item.portfolio, item.href), class_name="num"),
            rx.el.td(_led(item.overdue, item.overdue_href), class_name="num"),
            rx.el.td(_led(item.collected, item.collected_href), class_name="num"),
            rx.el.td(_goal(item)),
            rx.el.td(_led(item.kept, item.kept_href), class_name="num", title=item.kept_of),
            rx.el.td(_led(item.touches, item.touches_href), class_name="num"),
        )

    numbers = ("portfolio", "overdue", "collected", "goal", "kept", "touches")
    heads = [rx.el.th(t("executive.column.collector"), scope="col")]
    heads += [
        rx.el.th(
            explained(t(f"executive.column.{key}"), t(f"executive.column.{key}.note")),
            scope="col",
            class_name="" if key == "goal" else "num",
        )
        for key in numbers
    ]
    table = rx.el.table(
        rx.el.caption(t("executive.team.collectors"), class_name="sr"),
        rx.el.thead(rx.el.tr(*heads)),
        rx.el.tbody(rx.foreach(State.collectors, row)),
        rx.el.tfoot(rx.foreach(State.collectors_sum, row)),
        class_name="tight",
    )
    return rx.el.div(table, class_name="scroll", tab_index=0, role="group", aria_label=t("executive.team.collectors"))


def _led(words: rx.Var[str], href: rx.Var[str]) -> rx.Component:
    """Return a figure that leads to its documents, where they can be asked for."""
    return rx.cond(href != "", link(words, href=href, class_name="lnk"), words)


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
    cells: dict[str, Any] = {
        "receivables": lambda item: link(item.receivables, href=item.receivables_href, class_name="lnk"),
        "overdue": lambda item: link(item.overdue, href=item.overdue_href, class_name="lnk"),
        **dict.fromkeys(("dso", "cei", "late")),
    }
    columns = (
        Column(
            "name",
            t("executive.column.company"),
            strong=True,
            cell=lambda item: link(item.name, href=item.href, title=item.name, class_name="lnk"),
        ),
        *(
            Column(
                key,
                explained(t(f"executive.company.{key}"), t(f"executive.company.{key}.note")),
                numeric=True,
                cell=cell,
            )
            for key, cell in cells.items()
        ),
    )
    converted = Column("converted", _in_currency("consolidation.column"), numeric=True, strong=True)
    caption = t("executive.team.companies")
    beside = data_table(
        (*columns[:2], converted, *columns[2:]),
        State.company_items,
        caption=caption,
        foot=(t("executive.all"), "", State.ages_total, "", "", "", ""),
    )
    return rx.cond(SessionState.consolidate != "", beside, data_table(columns, State.company_items, caption=caption))


def disputes() -> rx.Component:
    """Return the open disputes by reason."""

    def dispute(item: rx.Var[DisputeItem]) -> rx.Component:
        return rx.el.div(
            rx.el.span(item.reason, class_name="t2 f11"),
            link(rx.el.b(item.amount), href=item.href, class_name="lnk"),
            rx.el.span(item.fact, class_name="t2 f11"),
            rx.el.span(item.ages, class_name="t2 f11 ages"),
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
