"""Settlements: invoices that an open-items export no longer lists, for a person to decide on."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import icon, link
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.imports.settling import settling_list
from ar_cockpit.components.layout import card, note, skeleton_rows
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.imports.settling import SettlingState


@rx.page(route=routes.SETTLEMENTS, title=t("settling.title"), on_load=SettlingState.load)
def settlements() -> rx.Component:
    """Draw what waits for a decision."""
    head = rx.el.div(
        link(t("imports.title"), href=routes.IMPORTS, class_name="t2 lnk"),
        icon("chevron-right", 13),
        rx.el.h1(t("settling.title")),
        class_name="row ph",
    )
    return page_frame(
        routes.IMPORTS,
        head,
        note("info", t("settling.remark")),
        rx.cond(SettlingState.is_loaded, settling_list(), card(skeleton_rows(8))),
        permission=Permission.IMPORT_LEDGER,
    )
