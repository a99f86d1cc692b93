"""Crossed limits, as the cockpit and the page of goals show them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import icon, link
from ar_cockpit.components.text import t
from ar_cockpit.state.targets.rows import AlertItem


def alert_bars(alerts: Any) -> rx.Component:
    """Return a bar for each crossed limit, with what moved the figure and the way to all of it."""

    def bar(item: rx.Var[AlertItem]) -> rx.Component:
        return rx.el.div(
            icon("triangle-alert", 15),
            rx.el.div(rx.el.b(item.company, ": ", item.headline), " ", rx.el.span(item.causes), class_name="why-words"),
            link(t("targets.alert.why"), href=item.href, class_name="btn sm"),
            class_name="alert-bar",
            role="status",
        )

    return rx.el.div(rx.foreach(alerts, bar), class_name="alert-bars")
