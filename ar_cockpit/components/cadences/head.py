"""The page's actions: what is shown (a draft, or the policy in force), versions, the file, discarding, switching on."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, button
from ar_cockpit.components.text import t
from ar_cockpit.state.cadences.files import FileState
from ar_cockpit.state.cadences.screen import CadencesState
from ar_cockpit.state.cadences.switching import SwitchState


def draft_actions() -> list[Any]:
    """Return what stands at the right of the head."""
    shown = rx.cond(
        CadencesState.is_draft,
        badge("info", CadencesState.badge, "pen-line", title=CadencesState.changed),
        badge("ok", CadencesState.badge),
    )
    editing = rx.fragment(
        button(t("cadences.discard"), on_click=SwitchState.discard),
        button(t("cadences.switch_on"), kind="pri", on_click=SwitchState.ask),
    )
    return [
        rx.cond(CadencesState.is_loaded, shown),
        button(t("cadences.versions"), kind="ghost", icon_name="history", on_click=SwitchState.list_versions),
        button(t("cadences.file"), kind="ghost", icon_name="file-code", on_click=FileState.open_file),
        rx.cond(CadencesState.is_draft & ~CadencesState.looks_only, editing),
    ]
