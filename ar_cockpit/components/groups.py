"""What a customer's group owes, beside what the customer owes itself."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import badge, icon, link
from ar_cockpit.components.text import t
from ar_cockpit.state.display.groups import GroupView


def group_line(group: rx.Var[GroupView]) -> rx.Component:
    """Return the line, or nothing for a customer outside of groups."""
    line = rx.el.div(
        icon("network", 15),
        rx.el.div(
            rx.el.div(
                link(t("groups.group"), " ", group.name, href=group.href, class_name="lnk b"),
                badge(group.kind, group.word),
                class_name="row",
            ),
            rx.el.div(group.text),
            rx.el.div(group.note, class_name="t2 f12"),
        ),
        class_name="group-line",
    )
    return rx.cond(group.name != "", line, rx.fragment())
