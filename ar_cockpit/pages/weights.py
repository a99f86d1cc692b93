"""The order of the day: what each kind of reason counts in a company, with its versions."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button
from ar_cockpit.components.forms import field, text_input
from ar_cockpit.components.frame.tabs import settings_page
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.tables import Column, data_table
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.weights import FactorItem, VersionItem, WeightsState


@rx.page(route=routes.QUEUE, title=t("queue.weights.title"), on_load=WeightsState.load)
def weights() -> rx.Component:
    """Draw one number for each factor, and the versions below."""
    choose = empty_state("building-2", t("queue.weights.company"), t("queue.weights.company.text"))
    filled = rx.cond(WeightsState.needs_company, choose, rx.fragment(_form(), _versions()))
    return settings_page(routes.QUEUE, rx.cond(WeightsState.is_loaded, filled, card(skeleton_rows(8))))


def _form() -> rx.Component:
    said = text_input(id="weights-note", name="note", max_length=200)
    form = rx.el.form(
        rx.el.div(rx.foreach(WeightsState.factors, _factor), class_name="weights"),
        rx.cond(WeightsState.error != "", note("bad", WeightsState.error), rx.fragment()),
        field(t("queue.weights.note"), said, control_id="weights-note"),
        rx.el.div(button(t("queue.weights.save"), kind="pri", type="submit"), class_name="row end"),
        on_submit=WeightsState.save,
        key=WeightsState.form_key,
        class_name="team-form",
    )
    return card(
        card_head(t("queue.weights.head"), WeightsState.weights_company),
        rx.el.p(t("queue.weights.text"), class_name="t2 team-form"),
        form,
    )


def _factor(item: rx.Var[FactorItem]) -> rx.Component:
    number = text_input(
        id="weight-" + item.key,
        name=item.key,
        type="number",
        min="0",
        max="300",
        step="5",
        required=True,
        default_value=item.percent,
        aria_describedby="about-" + item.key,
        class_name="num",
    )
    return rx.el.div(
        rx.el.label(item.label, html_for="weight-" + item.key, class_name="b"),
        rx.el.span(number, rx.el.span("%", aria_hidden="true"), class_name="row"),
        rx.el.p(item.about, id="about-" + item.key, class_name="t2 f12"),
        class_name="weight",
    )


def _versions() -> rx.Component:
    def back(item: rx.Var[VersionItem]) -> rx.Component:
        press = button(
            t("queue.version.restore"),
            size="sm",
            on_click=WeightsState.restore(item.number, ""),
            aria_label=t("queue.version.restore") + ": " + item.name,
        )
        return rx.cond(item.is_first, badge("ok", t("queue.version.in_force")), press)

    columns = (
        Column("name", t("queue.version.name"), strong=True),
        Column("changed", t("queue.version.changed")),
        Column("who", t("queue.version.who"), wide=True),
        Column("number", rx.el.span(t("queue.version.restore"), class_name="sr"), cell=back),
    )
    return card(card_head(t("queue.versions")), data_table(columns, WeightsState.versions, caption=t("queue.versions")))
