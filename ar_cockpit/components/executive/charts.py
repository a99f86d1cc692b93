"""The executive's three charts, each with its figures as a table."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx

from ar_cockpit.components.controls import link
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.components.vega_chart import chart_card
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.state.executive.months import AgeItem, MonthItem, WeekItem
from ar_cockpit.state.executive.screen import ExecutiveState as State
from ar_cockpit.state.frame.session import SessionState


def ageing() -> rx.Component:
    """Return the ageing at month ends, with today's beside it."""
    keys = ("not_due", "age1", "age2", "age3", "age4", "age5")
    amounts = (
        Column(key, t(f"executive.{key}"), numeric=True, cell=_documents(key, bucket))
        for key, bucket in zip(keys, BUCKET_KEYS, strict=True)
    )
    columns = (
        Column("day", t("executive.day"), strong=True, cell=_day),
        *amounts,
        Column("receivables", t("executive.all"), numeric=True, cell=_documents("receivables")),
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
        picture=State.ageing_picture,
        beside=_ages(),
    )


def _day(item: rx.Var[MonthItem]) -> rx.Component:
    return link(item.day, href=item.href, class_name="lnk")


def _documents(key: str, bucket: str = "") -> Callable[[rx.Var[MonthItem]], rx.Component]:
    """Return a cell that leads to the documents of a day, or of one of its ages: where the chart's bar leads."""

    def cell(item: rx.Var[MonthItem]) -> rx.Component:
        more = f"&bucket={bucket}" if bucket else ""
        return link(getattr(item, key), href=item.ages_href + more, class_name="lnk")

    return cell


def _led(key: str, way: str) -> Callable[[rx.Var[WeekItem]], rx.Component]:
    """Return a cell that leads where the chart's bar or point leads, if anywhere."""

    def cell(item: rx.Var[WeekItem]) -> rx.Component:
        words, href = getattr(item, key), getattr(item, way)
        return rx.cond(href != "", link(words, href=href, class_name="lnk"), words)

    return cell


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
    apart = rx.el.tr(
        rx.el.td(t("reports.field.unapplied"), class_name="t2"),
        rx.el.td(link(State.unapplied, href=State.unapplied_href, class_name="lnk"), class_name="num"),
        rx.el.td(class_name="num"),
    )
    return rx.el.table(
        rx.el.caption(t("executive.ages"), class_name="sr"),
        rx.el.thead(head),
        rx.el.tbody(rx.foreach(State.ages, age)),
        rx.el.tfoot(foot, apart),
        class_name="lg",
    )


def dso() -> rx.Component:
    """Return DSO over time with best possible and goal."""
    keys = ("dso", "dso_simple", "best", "add", "cei")
    columns = (
        Column("day", t("executive.day"), strong=True, cell=_day),
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
        picture=State.dso_picture,
    )


def cash() -> rx.Component:
    """Return the weeks of cash, past and to come."""
    ways = {"received": "received_href", "came": "came_href", "forecast": "ahead_href"}
    columns = (
        Column("day", t("executive.week_of"), strong=True),
        *(Column(key, t(f"executive.column.{key}"), numeric=True, cell=_led(key, way)) for key, way in ways.items()),
        *(Column(key, t(f"executive.column.{key}"), numeric=True) for key in ("low", "high")),
    )
    return chart_card(
        t("executive.cash"),
        State.cash_spec,
        summary=rx.cond(State.is_cash_loaded, State.cash_summary, t("executive.cash.wait")),
        table=data_table(columns, State.weeks, caption=t("executive.cash")),
        name="cash",
        note=State.cash_unit,
        height=200,
        picture=rx.cond(State.cash_spec.contains("layer"), State.cash_picture, ""),
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
