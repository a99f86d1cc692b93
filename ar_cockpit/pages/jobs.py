"""Jobs: what runs by itself, how it went, and a press to run it now."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button, link
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.differences import differences
from ar_cockpit.components.frame.tabs import settings_page
from ar_cockpit.components.frame.ticker import ticker
from ar_cockpit.components.layout import card, card_head, empty_state, note, skeleton_rows
from ar_cockpit.components.tables import Column, data_table, pager
from ar_cockpit.components.text import t
from ar_cockpit.state.operations.jobs import JobItem, JobsState, RunItem

_REFRESH_SECONDS = 5
CHECK = "check_figures"  # the job whose differences are shown with their rows


@rx.page(route=routes.JOBS, title=t("jobs.title"), on_load=JobsState.load)
def jobs() -> rx.Component:
    """Draw the jobs, and the history of the one that is chosen."""
    clock = rx.cond(
        JobsState.is_alive,
        note("ok", JobsState.clock_words, icon_name="heart-pulse"),
        note("bad", JobsState.clock_words, icon_name="octagon-alert"),
    )
    empty = empty_state("clock", t("jobs.none"), t("jobs.none.text"))
    listed = data_table(_columns(), JobsState.items, caption=t("jobs.title"), empty=empty)
    return settings_page(
        routes.JOBS,
        rx.cond(JobsState.is_loaded, clock, rx.fragment()),
        card(rx.cond(JobsState.is_loaded, listed, skeleton_rows(9))),
        rx.cond(JobsState.params["job"] == CHECK, differences(), rx.fragment()),
        rx.cond(JobsState.chosen != "", _history(), rx.fragment()),
        confirm_dialog(
            JobsState.is_asking,
            JobsState.ask_title,
            JobsState.consequences,
            t("jobs.run_now"),
            JobsState.run_now,
            JobsState.cancel,
        ),
        ticker(_REFRESH_SECONDS, JobsState.refresh),
    )


def _columns() -> tuple[Column, ...]:
    def name(item: rx.Var[JobItem]) -> rx.Component:
        way = link(item.label, href=item.history_href, title=t("jobs.history"), class_name="lnk")
        return rx.fragment(way, rx.el.div(item.what, class_name="t2 f11 why"))

    def last(item: rx.Var[JobItem]) -> rx.Component:
        return rx.fragment(item.last, rx.el.div(item.took, class_name="t2 f11"))

    def did(item: rx.Var[JobItem]) -> rx.Component:
        wrong = rx.el.div(item.error, class_name="bad f11 why")
        return rx.fragment(rx.el.div(item.did, class_name="why"), rx.cond(item.error != "", wrong, rx.fragment()))

    def press(item: rx.Var[JobItem]) -> rx.Component:
        words = t("jobs.run_now") + ": " + item.label
        run = JobsState.ask(item.name)
        return button(t("jobs.run_now"), size="sm", disabled=item.is_busy, on_click=run, aria_label=words)

    def upcoming(item: rx.Var[JobItem]) -> rx.Component:
        return rx.fragment(item.next, rx.el.div(item.schedule, class_name="t2 f11"))

    return (
        Column("label", t("jobs.job"), strong=True, cell=name),
        Column("state", t("jobs.state"), cell=_state),
        Column("last", t("jobs.last"), wide=True, cell=last),
        Column("did", t("jobs.did"), wide=True, cell=did),
        Column("next", t("jobs.next"), wide=True, cell=upcoming),
        Column("name", rx.el.span(t("jobs.run_now"), class_name="sr"), cell=press),
    )


def _history() -> rx.Component:
    def did(item: rx.Var[RunItem]) -> rx.Component:
        wrong = rx.el.div(item.error, class_name="bad f11 why")
        return rx.fragment(rx.el.div(item.did, class_name="why"), rx.cond(item.error != "", wrong, rx.fragment()))

    columns = (
        Column("started", t("jobs.started"), strong=True),
        Column("day", t("jobs.for_day"), wide=True),
        Column("state", t("jobs.state"), cell=_state),
        Column("took", t("jobs.took"), numeric=True, wide=True),
        Column("did", t("jobs.did"), cell=did),
    )
    empty = empty_state("clock", t("jobs.never"), t("jobs.never.text"), small=True)
    return card(
        card_head(t("jobs.history"), JobsState.chosen_label),
        data_table(columns, JobsState.runs, caption=t("jobs.history"), empty=empty),
        pager(JobsState.page, JobsState.pages, JobsState.sums),
    )


def _state(item: rx.Var[JobItem] | rx.Var[RunItem]) -> rx.Component:
    kinds = ("ok", "info", "bad", "watch")
    plain = rx.el.span(item.state, class_name="t2")
    return rx.match(item.state_kind, *((kind, badge(kind, item.state)) for kind in kinds), plain)
