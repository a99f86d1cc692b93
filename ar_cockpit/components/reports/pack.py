"""The pack of a month: made aside with its progress, then fetched."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, link_button
from ar_cockpit.components.figures import progress
from ar_cockpit.components.layout import card
from ar_cockpit.components.reports.mailing import mail_button
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.reports.pack import PackState as State
from ar_cockpit.state.reports.pack import PaperState


def pack_card() -> rx.Component:
    """Return the card that makes the pack, for those who may export."""
    running = rx.el.div(
        progress(State.percent, label=t("pack.title")),
        rx.el.span(State.progress, role="status", class_name="t2 f11"),
        class_name="pack-runs",
    )
    again = button(t("pack.make"), size="sm", icon_name="file-text", on_click=State.make)
    fetch = link_button(
        t("pack.fetch"), href=State.pack_href, kind="pri", size="sm", icon_name="download", is_download=True
    )
    ways = rx.el.div(
        rx.cond(State.pack_href != "", fetch, rx.fragment()), again, mail_button(is_pack=True), class_name="row wrap"
    )
    shown = card(
        rx.el.h2(t("pack.title"), class_name="report-sec"),
        rx.el.p(t("pack.note"), class_name="t2 f11"),
        rx.cond(State.is_being_made, running, ways),
        class_name="pack",
    )
    return rx.cond(may(Permission.EXPORT), shown, rx.fragment())


def on_its_way() -> rx.Component:
    """Return the progress of a report that takes more than a moment to be put on paper."""
    running = rx.el.div(
        progress(PaperState.paper_percent, label=t("reports.pdf")),
        rx.el.span(PaperState.paper_progress, role="status", class_name="t2 f11"),
        class_name="pack-runs pad",
    )
    return rx.cond(PaperState.is_on_its_way, running, rx.fragment())
