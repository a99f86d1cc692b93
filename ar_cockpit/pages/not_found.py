"""What an address without a screen shows."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import link_button
from ar_cockpit.components.frame.spoken import spoken
from ar_cockpit.components.layout import card, empty_state
from ar_cockpit.components.text import t
from ar_cockpit.state.frame.session import SessionState


@rx.page(route="404", title=t("shell.not_found"))
def not_found() -> rx.Component:
    """Say that there is nothing here, and lead back."""
    home = link_button(t("shell.not_found.home"), href=routes.HOME, kind="pri")
    words = empty_state("map-pin-off", t("shell.not_found"), t("shell.not_found.text"), home, is_page=True)
    return rx.el.main(card(words), spoken(), class_name="si", lang=SessionState.language)
