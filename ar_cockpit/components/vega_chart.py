"""Altair charts in the page: drawn by vega from a specification in state, redrawn when the theme changes.

A bar or point whose datum has ``go`` leads to what it is made of: see ``charts.axes.led`` and
``assets/chart_points.js``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from ar_cockpit.charts.theme import DARK, DAYS, LIGHT, NUMBERS, config
from ar_cockpit.components.controls import button, icon_button, link_button
from ar_cockpit.components.layout import card_head
from ar_cockpit.components.text import t
from ar_cockpit.routes import ENDING
from ar_cockpit.state.frame.session import SessionState

# A function of ours, from a file of ours: it runs under the page's strict policy.
_LEAD_ON = rx.Var(
    "leadOn", _var_data=VarData(imports={"$/public/chart_points.js": [ImportVar(tag="leadOn", is_default=False)]})
)


class _VegaEmbed(rx.NoSSRComponent):
    """Vega-Embed for React; vega reads the page's size, so it is never drawn on the server."""

    library = "react-vega@8.0.0"
    lib_dependencies: list[str] = ["vega@6.4.0", "vega-lite@6.5.0", "vega-embed@7.3.0"]  # noqa: RUF012 (Reflex reads it as a field)
    tag = "VegaEmbed"
    spec: rx.Var[dict[str, Any]]
    options: rx.Var[dict[str, Any]]
    on_embed: rx.Var[Any]


def vega_chart(spec: rx.Var[dict[str, Any]], *, label: Any, height: int = 200) -> rx.Component:
    """Draw ``spec`` (``chart.to_dict()`` with ``width="container"``); an empty one draws nothing yet.

    ``label`` names the chart for a screen reader. The room is kept while the chart loads.
    """
    drawing = _VegaEmbed.create(
        spec=spec,
        options=rx.color_mode_cond(light=_options(LIGHT), dark=_options(DARK)),
        on_embed=_LEAD_ON,
        key=rx.color_mode,
    )
    return rx.el.div(
        rx.cond(spec.contains("mark") | spec.contains("layer") | spec.contains("hconcat"), drawing, rx.fragment()),
        class_name="chart",
        role="img",
        aria_label=label,
        style={"minHeight": f"{height}px"},
    )


def chart_card(
    title: Any,
    spec: rx.Var[dict[str, Any]],
    *,
    summary: Any,
    table: rx.Component,
    name: str,
    note: Any = None,
    height: int = 200,
    beside: rx.Component | None = None,
    actions: tuple[rx.Component, ...] = (),
    picture: Any = None,
) -> rx.Component:
    """Return a chart with its summary sentence and a button that shows the same figures as ``table``.

    ``name`` is unique on the page: the choice stands in the address parameter ``<name>_as``.
    ``beside`` stands at the right of the chart. ``picture`` is the address of the chart as a file, with ``ENDING``
    for svg or png; empty for who may not export.
    """
    parameter = f"{name}_as"
    is_table = SessionState.params[parameter] == "table"
    switch = rx.cond(
        is_table,
        icon_button("chart-column", t("shell.chart.chart"), size="sm", on_click=SessionState.set_param(parameter, "")),
        icon_button("table-2", t("shell.chart.table"), size="sm", on_click=SessionState.set_param(parameter, "table")),
    )
    drawing = vega_chart(spec, label=summary, height=height)
    if beside is not None:
        drawing = rx.el.div(drawing, beside, class_name="chart-beside")
    return rx.el.figure(
        card_head(title, note, *actions, _pictures(picture), switch, ruled=False),
        rx.el.div(rx.cond(is_table, table, drawing), class_name="chart-box"),
        rx.el.figcaption(summary, class_name="chart-cap"),
        class_name="card",
    )


def chart_files(save: Any) -> rx.Component:
    """Return the downloads of a chart that stands in no address, in a menu; ``save`` makes the file of an ending."""

    def way(ending: str) -> rx.Component:
        return button(t(f"charts.as.{ending}"), kind="ghost", size="sm", on_click=save(ending))

    return _menu(way)


def _pictures(address: Any) -> rx.Component:
    """Return the downloads of a chart, in a menu."""
    if address is None:
        return rx.fragment()

    def way(ending: str) -> rx.Component:
        href = address.replace(ENDING, ending)
        return link_button(t(f"charts.as.{ending}"), href=href, kind="ghost", size="sm", is_download=True)

    return rx.cond(address != "", _menu(way), rx.fragment())


def _menu(way: Callable[[str], rx.Component]) -> rx.Component:
    trigger = rx.popover.trigger(icon_button("download", t("charts.download"), size="sm"))
    ways = rx.el.div(way("svg"), way("png"), class_name="chart-files")
    return rx.popover.root(trigger, rx.popover.content(ways, aria_label=t("charts.download")))


def _options(palette: dict[str, Any]) -> dict[str, Any]:
    french = SessionState.language == "fr"
    return {
        "ast": True,
        "actions": False,
        "renderer": "svg",
        "config": config(palette),
        "formatLocale": rx.cond(french, NUMBERS["fr"], NUMBERS["en"]),
        "timeFormatLocale": rx.cond(french, DAYS["fr"], DAYS["en"]),
    }
