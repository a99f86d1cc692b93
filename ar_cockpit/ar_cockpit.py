"""Composition root: the app, its pages and the web routes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import reflex as rx

from ar_cockpit.api.lifetime import exit_with_parent

if TYPE_CHECKING:
    from starlette.types import ASGIApp


def index() -> rx.Component:
    """Draw a place holder."""
    return rx.text("AR Cockpit")


app = rx.App()
app.add_page(index, route="/")


def application() -> ASGIApp:
    """Return the whole web application; called once, in the serving process."""
    exit_with_parent()
    return app()
