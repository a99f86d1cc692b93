"""The inbox: notes in which colleagues name the reader."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button, link
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.layout import card, empty_state, page_head, skeleton_rows
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.inbox.screen import InboxState, MentionLine


@rx.page(route=routes.INBOX, title=t("inbox.title"), on_load=InboxState.load)
def inbox() -> rx.Component:
    """Draw the list, the unread ones first."""
    nothing = empty_state("inbox", t("inbox.none"), t("inbox.none.text"), small=True)
    listed = rx.el.ul(rx.foreach(InboxState.lines, _mention), class_name="mentions")
    every = button(t("inbox.read.all"), size="sm", icon_name="check", on_click=InboxState.read(""))
    return page_frame(
        routes.INBOX,
        page_head(
            t("inbox.head"), InboxState.unread_words, rx.cond(InboxState.unread_words != "", every, rx.fragment())
        ),
        card(rx.cond(InboxState.is_loaded, rx.cond(InboxState.lines.length() > 0, listed, nothing), skeleton_rows(6))),
        permission=Permission.VIEW_CUSTOMERS,
    )


def _mention(line: rx.Var[MentionLine]) -> rx.Component:
    read = button(t("inbox.read"), size="sm", on_click=InboxState.read(line.key))
    return rx.el.li(
        rx.el.div(
            link(line.customer, href=line.href, class_name="lnk b"),
            rx.cond(line.is_new, badge("info", t("inbox.new"), "message-square"), rx.fragment()),
            rx.el.span(line.about, class_name="t2 f12"),
            rx.el.span(class_name="sp"),
            rx.cond(line.is_new, read, rx.fragment()),
            class_name="row",
        ),
        rx.el.p(line.text),
        class_name=rx.cond(line.is_new, "new", ""),
    )
