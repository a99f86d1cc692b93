"""The remark above figures in one currency: how many documents are in others, and the way to all of them."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import link
from ar_cockpit.components.layout import note
from ar_cockpit.components.text import t
from ar_cockpit.state.executive.left_out import LeftOutState


def left_out() -> rx.Component:
    """Return the remark; nothing when the figures are of all documents."""
    way = link(t("consolidation.left_out.all"), href=LeftOutState.left_out_href, class_name="lnk")
    told = note("watch", LeftOutState.left_out, " ", rx.cond(LeftOutState.left_out_href != "", way, rx.fragment()))
    return rx.cond(LeftOutState.left_out != "", rx.el.div(told, role="status"), rx.fragment())
