"""Key figures, sparklines and the ageing bar."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import icon, link
from ar_cockpit.state.display.figures import AgeingPart, Kpi, Spark


def kpi_strip(kpis: Any, *, label: Any) -> rx.Component:
    """Return the panel of key figures, one cell for each ``Kpi`` of the Var."""
    return rx.el.section(rx.foreach(kpis, kpi_card), class_name="card strip", aria_label=label)


def kpi_card(kpi: rx.Var[Kpi]) -> rx.Component:
    """Return one key figure; the whole cell leads to the list it is made of."""
    arrows = ("arrow-up", "arrow-down", "minus")
    arrow = rx.match(kpi.change_icon, *((name, icon(name, 12, stroke_width=2.2)) for name in arrows), rx.fragment())
    flag = rx.cond(kpi.target_kind == "ok", icon("check", 12, class_name="ok"), icon("flag", 12, class_name="watch"))
    content = (
        rx.el.div(
            rx.el.span(kpi.label, class_name="kl"), rx.el.span(class_name="sp"), icon("info", 13), class_name="row"
        ),
        rx.el.div(rx.el.span(kpi.value, rx.el.small(kpi.unit)), sparkline(kpi.spark), class_name="kv"),
        rx.el.div(rx.el.span(arrow, kpi.change, class_name=kpi.change_kind + " b"), class_name="kc"),
        rx.el.div(rx.cond(kpi.target != "", rx.fragment(flag, kpi.target), rx.fragment()), class_name="kt"),
        rx.el.div(kpi.fact, class_name="ks"),
        rx.cond(kpi.more != "", rx.el.div(kpi.more, class_name="ks"), rx.fragment()),
    )
    return rx.cond(
        kpi.href != "",
        link(*content, href=kpi.href, title=kpi.explanation, class_name="kpi"),
        rx.el.div(*content, title=kpi.explanation, class_name="kpi"),
    )


def sparkline(spark: rx.Var[Spark], *, quiet: bool = False) -> rx.Component:
    """Return a small line without axes: decoration beside a figure that says the same in words."""
    target = rx.el.svg.line(x1="3", x2="43", y1=spark.target_y.to_string(), y2=spark.target_y.to_string())
    return rx.el.svg(
        rx.cond(spark.target_y >= 0, target, rx.fragment()),
        rx.el.svg.path(d=spark.path),
        rx.cond(
            spark.path != "", rx.el.svg.circle(cx=spark.x.to_string(), cy=spark.y.to_string(), r="2"), rx.fragment()
        ),
        view_box="0 0 46 24",
        class_name="spark quiet" if quiet else "spark",
        custom_attrs={"aria-hidden": "true"},
    )


def ageing_bar(parts: Any, *, label: Any, legend: bool = True) -> rx.Component:
    """Return what is owed by age as one bar, with its amounts below; ``parts`` is a Var of ``AgeingPart``."""

    def piece(part: rx.Var[AgeingPart]) -> rx.Component:
        return rx.el.i(
            class_name=part.colour, style={"flex": f"{part.share} 1 0"}, title=part.label + ": " + part.amount
        )

    def entry(part: rx.Var[AgeingPart]) -> rx.Component:
        swatch = rx.el.span(class_name=rx.Var.create("sw ") + part.colour)
        return rx.el.div(rx.el.span(swatch, part.label, class_name="t2"), rx.el.b(part.amount))

    bar = rx.el.div(rx.foreach(parts, piece), class_name="agb", role="img", aria_label=label)
    return rx.el.div(bar, rx.el.div(rx.foreach(parts, entry), class_name="agl") if legend else rx.fragment())


def progress(percent: Any, *, label: Any) -> rx.Component:
    """Return a thin bar filled to ``percent`` (0 to 100)."""
    filled = rx.el.i(style={"width": f"{percent}%"})
    return rx.el.div(
        filled,
        class_name="bar",
        role="progressbar",
        aria_label=label,
        aria_valuenow=percent,
        aria_valuemin=0,
        aria_valuemax=100,
    )
