"""What is known of a customer beside the ledger: its numbers, its scores over time, and what would raise them."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.components.vega_chart import chart_card
from ar_cockpit.state.customer.acts import CustomerActs
from ar_cockpit.state.customer.more import CustomerMore
from ar_cockpit.state.customer.rows import NumberRow
from ar_cockpit.state.customer.scores import RaiseRow


def score_history() -> rx.Component:
    """Return the scores over time and, below, what would raise our own."""
    more = CustomerMore

    def way(one: rx.Var[RaiseRow]) -> rx.Component:
        return rx.el.div(rx.el.dt(one.text), rx.el.dd(one.points, class_name="num b"))

    columns = (
        Column("day", t("scores.day")),
        Column("source", t("scores.source")),
        Column("score", t("record.score"), numeric=True),
    )
    table = data_table(columns, more.score_rows, caption=t("scores.history"))
    chart = chart_card(
        t("scores.history"), more.score_spec, summary=more.score_summary, table=table, name="scores", height=120
    )
    raises = rx.fragment(
        rx.el.h3(t("scores.raises")), rx.el.dl(rx.foreach(more.raises, way), class_name="score-parts raises")
    )
    return rx.fragment(
        rx.cond(more.raises.length() > 0, raises, rx.fragment()),
        rx.cond(more.score_rows.length() > 0, chart, rx.fragment()),
    )


def identity() -> rx.Component:
    """Return the numbers that the customer is known by."""

    def number(one: rx.Var[NumberRow]) -> rx.Component:
        return rx.el.div(rx.el.dt(one.label), rx.el.dd(one.value))

    known = rx.el.dl(rx.foreach(CustomerMore.identity, number), class_name="score-parts identity")
    none = rx.el.p(t("onboarding.identity.none"), class_name="t2 f12")
    change = button(
        t("onboarding.identity.change"), size="sm", icon_name="pencil", on_click=CustomerActs.ask_numbers(True)
    )
    return rx.fragment(
        rx.el.h3(t("onboarding.identity")),
        rx.cond(CustomerMore.identity.length() > 0, known, none),
        rx.cond(CustomerMore.may_set_terms, rx.el.div(change, class_name="row"), rx.fragment()),
    )
