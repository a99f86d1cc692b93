"""The count of unread mentions in the top bar, looked at every half minute while the screen is visible."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import icon, link
from ar_cockpit.components.frame.ticker import ticker
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.inbox.screen import MentionCount

LOOK_EVERY_SECONDS = 30


def bell() -> rx.Component:
    """Return the link to the inbox with its count, for those who see customers."""
    count = rx.el.span(MentionCount.unread, class_name="bell-count", aria_hidden="true")
    some = rx.cond(MentionCount.unread > 0, count, rx.fragment())
    words = t("inbox.bell") + rx.cond(MentionCount.unread_words != "", ": " + MentionCount.unread_words, "")
    anchor = link(
        icon("bell", 16), some, href=routes.INBOX + "/", aria_label=words, title=words, class_name="btn sq ghost bell"
    )
    shown = rx.el.span(anchor, ticker(LOOK_EVERY_SECONDS, MentionCount.look), on_mount=MentionCount.look)
    return rx.cond(may(Permission.VIEW_CUSTOMERS), shown, rx.fragment())
