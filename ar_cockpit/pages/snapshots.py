"""Reported figures: what was said of each month end, and what the ledger says of it today."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, link
from ar_cockpit.components.executive.left_out import left_out
from ar_cockpit.components.forms import param, tabs
from ar_cockpit.components.frame.tabs import executive_page
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.tables import Column, data_table, export_links, pager
from ar_cockpit.components.text import t
from ar_cockpit.state.executive.left_out import LeftOutState
from ar_cockpit.state.snapshots.rows import DayItem, DocumentItem, FigureItem
from ar_cockpit.state.snapshots.screen import EVERY, SnapshotsState


@rx.page(route=routes.REPORTED, title=t("snapshots.title"), on_load=[SnapshotsState.load, LeftOutState.look])
def reported() -> rx.Component:
    """Draw the frozen days, and the chosen one in full."""
    return executive_page(
        routes.REPORTED,
        rx.el.p(t("snapshots.intro"), class_name="t2 f12 lead"),
        left_out(),
        rx.cond(SnapshotsState.not_frozen != "", note("watch", SnapshotsState.not_frozen), rx.fragment()),
        rx.cond(SnapshotsState.chosen != "", _chosen(), rx.fragment()),
        _days(),
    )


def _days() -> rx.Component:
    def day(item: rx.Var[DayItem]) -> rx.Component:
        return link(item.day, href=item.href, class_name="lnk")

    value, choose = param("days", "months")
    choices = [("months", t("snapshots.months")), (EVERY, t("snapshots.every"))]
    head = card_head(
        t("snapshots.days"),
        SnapshotsState.shown_currency,
        tabs(choices, value, choose, label=t("snapshots.which")),
        rx.cond(
            SnapshotsState.days_csv != "",
            export_links(SnapshotsState.days_csv, SnapshotsState.days_xlsx),
            rx.fragment(),
        ),
    )
    columns = (
        Column("day", t("snapshots.day"), strong=True, cell=day),
        Column("taken", t("snapshots.taken"), wide=True, note=t("snapshots.taken.note")),
        Column("receivables", t("snapshots.receivables.then"), numeric=True),
        Column("receivables_now", t("snapshots.receivables.now"), numeric=True, wide=True),
        Column("change", t("snapshots.change"), numeric=True),
        Column("overdue", t("snapshots.overdue.then"), numeric=True, wide=True),
        Column("overdue_now", t("snapshots.overdue.now"), numeric=True, wide=True),
        Column("dso", t("snapshots.dso.then"), numeric=True, wide=True),
        Column("dso_now", t("snapshots.dso.now"), numeric=True, wide=True),
        Column("kind", t("snapshots.state"), cell=lambda item: badge(item.kind, item.word)),
    )
    empty = empty_state("calendar-clock", t("snapshots.none"), t("snapshots.none.text"))
    listed = data_table(
        columns,
        SnapshotsState.days,
        caption=t("snapshots.title"),
        empty=empty,
        row_class=lambda item: rx.cond(item.is_chosen, "sel", ""),
    )
    return card(head, rx.cond(SnapshotsState.is_loaded, listed, skeleton_rows(8)), class_name="frozen-days")


def _chosen() -> rx.Component:
    def known(item: rx.Var[FigureItem]) -> rx.Component:
        return rx.cond(item.href != "", link(item.known, href=item.href, class_name="lnk"), item.known)

    columns = (
        Column("label", t("snapshots.figure"), strong=True),
        Column("reported", t("snapshots.then"), numeric=True),
        Column("known", t("snapshots.now"), numeric=True, cell=known),
        Column("change", t("snapshots.change"), numeric=True),
    )
    figures = data_table(columns, SnapshotsState.figures, caption=SnapshotsState.chosen_head)
    without = rx.el.p(SnapshotsState.documents_note, class_name="t2 f12 pad-note")
    below = rx.cond(SnapshotsState.documents_note != "", without, _documents())
    return card(card_head(SnapshotsState.chosen_head), figures, below)


def _documents() -> rx.Component:
    def number(item: rx.Var[DocumentItem]) -> rx.Component:
        return rx.cond(item.href != "", link(item.number, href=item.href, class_name="lnk"), item.number)

    columns = (
        Column("number", t("snapshots.document"), strong=True, cell=number),
        Column("customer", t("snapshots.customer")),
        Column("company", t("snapshots.company"), wide=True),
        Column("due_then", t("snapshots.due.then"), wide=True),
        Column("due_now", t("snapshots.due.now"), wide=True),
        Column("then", t("snapshots.open.then"), numeric=True, wide=True),
        Column("now", t("snapshots.open.now"), numeric=True, wide=True),
        Column("change", t("snapshots.change"), numeric=True),
        Column("cause", t("snapshots.cause")),
    )
    listed = data_table(
        columns,
        SnapshotsState.documents,
        caption=t("snapshots.documents"),
        empty=empty_state("check", t("snapshots.documents.none"), t("snapshots.documents.none.text"), small=True),
    )
    export = rx.cond(SnapshotsState.csv_href != "", export_links(SnapshotsState.csv_href), rx.fragment())
    return rx.fragment(
        card_head(t("snapshots.documents"), None, export),
        listed,
        rx.cond(
            SnapshotsState.documents.length() > 0,
            pager(SnapshotsState.page, SnapshotsState.pages, SnapshotsState.sums),
            rx.fragment(),
        ),
    )
