"""Segments and cadences: the policy as data, edited on screen, with what it would do."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.cadences.head import draft_actions
from ar_cockpit.components.cadences.line import line_card
from ar_cockpit.components.cadences.outlook import outlook_card
from ar_cockpit.components.cadences.segments import segments_card
from ar_cockpit.components.cadences.step import form_card
from ar_cockpit.components.cadences.trying import trying_card
from ar_cockpit.components.cadences.versions import file_dialog, switch_dialog, versions_dialog
from ar_cockpit.components.frame.keys import key_commands
from ar_cockpit.components.frame.tabs import settings_page
from ar_cockpit.components.frame.ticker import ticker
from ar_cockpit.components.layout import card, note, skeleton_rows
from ar_cockpit.components.text import t
from ar_cockpit.state.cadences.opening import OpeningState
from ar_cockpit.state.cadences.screen import CadencesState

REFRESH_SECONDS = 8


@rx.page(route=routes.CADENCES, title=t("cadences.title"), on_load=OpeningState.load)
def cadences() -> rx.Component:
    """Draw the panes: segments, the line, the form, the message, and what switching on would do."""
    panes = rx.el.div(segments_card(), line_card(), form_card(), trying_card(), outlook_card(), class_name="cadences")
    return settings_page(
        routes.CADENCES,
        rx.cond(CadencesState.looks_only, note("info", t("cadences.looks_only"))),
        rx.cond(CadencesState.is_loaded, panes, card(skeleton_rows(12))),
        switch_dialog(),
        versions_dialog(),
        file_dialog(),
        ticker(REFRESH_SECONDS, OpeningState.refresh),
        key_commands(["ArrowLeft", "ArrowRight"], CadencesState.on_key),
        actions=draft_actions(),
    )
