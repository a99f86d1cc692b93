"""Settings: how a company's mails look, where its customers pay, and who writes."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.frame.tabs import settings_page
from ar_cockpit.components.text import t
from ar_cockpit.components.wording.brands import actions, preview, settings
from ar_cockpit.state.wording.brands import BrandsState


@rx.page(route=routes.BRANDS, title=t("brands.title"), on_load=BrandsState.load)
def brands() -> rx.Component:
    """Draw the settings and a mail in their look side by side."""
    body = rx.el.div(settings(), preview(), class_name="brd")
    return settings_page(routes.BRANDS, body, actions=actions())
