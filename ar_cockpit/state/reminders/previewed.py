"""A mail or letter shown as it would go, before it does: the part that screens of the plan take over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import reflex as rx

from ar_cockpit.domain.access import Permission
from ar_cockpit.state.frame.access import allowed
from ar_cockpit.state.reminders.words import channel_words


class Previewed(rx.State, mixin=True):
    """What the preview shows, and shutting it."""

    shows_preview: bool = False
    preview_title: str = ""
    preview_html: str = ""
    preview_to: str = ""

    @rx.event
    @allowed(Permission.VIEW_PLAN)
    def close_preview(self, _is_open: bool) -> None:
        """Go back to the list."""
        self.shows_preview, self.preview_html = False, ""

    def _show_preview(self, seen: Mapping[str, Any]) -> None:
        self.shows_preview = True
        self.preview_title, self.preview_html = seen["subject"], seen["html_body"]
        self.preview_to = seen["recipient"] or channel_words(seen["channel"], self.language)
