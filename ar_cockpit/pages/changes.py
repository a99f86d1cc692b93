"""What changed: the customers that moved a figure between two days."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, link
from ar_cockpit.components.executive.left_out import left_out
from ar_cockpit.components.forms import param, tabs, text_input
from ar_cockpit.components.frame.tabs import executive_page
from ar_cockpit.components.layout import card, card_head, empty_state, skeleton_block
from ar_cockpit.components.lists import wanted_exports
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.components.vega_chart import chart_card
from ar_cockpit.state.changes.rows import StepItem
from ar_cockpit.state.changes.screen import FIGURES, ChangesState
from ar_cockpit.state.executive.left_out import LeftOutState


@rx.page(route=routes.CHANGES, title=t("targets.changes.title"), on_load=[ChangesState.load, LeftOutState.look])
def changes() -> rx.Component:
    """Draw the choices, and the change they ask for."""
    empty = card(empty_state("scale", t("targets.changes.empty"), t("targets.changes.empty.text")))
    shown = rx.cond(ChangesState.has_steps, _change(), empty)
    return executive_page(
        routes.CHANGES,
        _choices(),
        left_out(),
        rx.cond(ChangesState.is_loaded, shown, card(skeleton_block(320), class_name="pad")),
    )


def _choices() -> rx.Component:
    value, choose = param("figure", FIGURES[0])
    figures = tabs(
        [(key, t(f"targets.figure.{key}")) for key in FIGURES], value, choose, label=t("targets.changes.figure")
    )
    day = text_input(
        id="since",
        name="since",
        type="date",
        default_value=ChangesState.since,
        key=ChangesState.since,
        max=ChangesState.last_since,
        required=True,
    )
    form = rx.form(
        rx.el.label(t("targets.changes.since"), html_for="since", class_name="t2 f12"),
        day,
        button(t("targets.changes.show"), type="submit"),
        on_submit=ChangesState.choose_since,
        class_name="row since-form",
    )
    return rx.el.div(figures, rx.el.span(class_name="sp"), form, class_name="row wrap")


def _change() -> rx.Component:
    def name(item: rx.Var[StepItem]) -> rx.Component:
        return rx.cond(item.href != "", link(item.name, href=item.href, class_name="lnk"), item.name)

    columns = (
        Column("name", t("targets.changes.who"), strong=True, cell=name),
        Column("before", t("targets.changes.before"), numeric=True, wide=True),
        Column("after", t("targets.changes.after"), numeric=True, wide=True),
        Column("part", t("targets.changes.part"), numeric=True),
    )
    table = data_table(
        columns,
        ChangesState.steps,
        caption=ChangesState.head,
        row_class=lambda item: rx.cond(item.is_total, "b", ""),
    )
    return rx.fragment(
        chart_card(
            ChangesState.head,
            ChangesState.spec,
            summary=ChangesState.summary,
            table=table,
            name="change",
            note=t("targets.changes.note"),
            height=240,
            picture=ChangesState.picture,
        ),
        card(card_head(ChangesState.head, None, wanted_exports(ChangesState)), table),
    )
