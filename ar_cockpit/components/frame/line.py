"""What is said while the line to the server is lost, and when it is back."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from ar_cockpit.components.controls import icon
from ar_cockpit.components.text import t


class _Line(rx.Component):
    """The watcher in ``assets/line.js``: its first child shows while the line is lost, its second once it is back."""

    library = "$/public/line.js"
    tag = "Line"
    failed: rx.Var[bool]


def line_state() -> rx.Component:
    """Return the one line above the page that says how the connection is, if there is anything to say."""
    lost = rx.el.div(
        icon("wifi-off", 15),
        rx.el.span(rx.el.b(t("line.lost")), " ", t("line.kept")),
        class_name="lost",
    )
    back = rx.el.div(icon("check", 15), rx.el.span(t("line.back")), class_name="lost found")
    return _Line.create(lost, back, failed=has_connection_errors)
