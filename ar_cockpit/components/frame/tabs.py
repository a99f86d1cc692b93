"""Screens of several pages under one entry of the rail: the head with its tabs, and the page below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import link
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.frame.session import SessionState


class Tab(NamedTuple):
    """One page of a screen: its address, the message key of its name, and who may open it."""

    route: str
    label: str
    permission: Permission


EXECUTIVE = (
    Tab(routes.EXECUTIVE, "snapshots.tab.cockpit", Permission.VIEW_FIGURES),
    Tab(routes.CHANGES, "targets.tab.changes", Permission.VIEW_FIGURES),
    Tab(routes.REPORTED, "snapshots.tab.reported", Permission.VIEW_FIGURES),
    Tab(routes.TARGETS, "targets.tab.targets", Permission.VIEW_FIGURES),
    Tab(routes.REPORTS, "reports.tab", Permission.VIEW_FIGURES),
)
FORECAST = (
    Tab(routes.CASH_AHEAD, "ahead.tab", Permission.VIEW_FIGURES),
    Tab(routes.FORECAST, "ahead.tab.trust", Permission.VIEW_FIGURES),
    Tab(routes.WHAT_WORKS, "ahead.tab.works", Permission.VIEW_FIGURES),
)
COLLECTING = (
    Tab(routes.COLLECTOR, "queue.tab.day", Permission.VIEW_QUEUE),
    Tab(routes.RESULTS, "queue.tab.results", Permission.VIEW_QUEUE),
    Tab(routes.TEAM, "queue.tab.team", Permission.VIEW_QUEUE),
)
REMINDERS = (
    Tab(routes.REMINDERS, "shell.tab.day", Permission.VIEW_PLAN),
    Tab(routes.APPROVALS, "shell.tab.approvals", Permission.VIEW_PLAN),
    Tab(routes.OUTBOX, "shell.tab.outbox", Permission.VIEW_PLAN),
)
SETTINGS = (
    Tab(routes.CADENCES, "shell.tab.cadences", Permission.EDIT_POLICY),
    Tab(routes.TEMPLATES, "shell.tab.templates", Permission.EDIT_POLICY),
    Tab(routes.BRANDS, "shell.tab.brands", Permission.EDIT_POLICY),
    Tab(routes.QUEUE, "queue.tab.weights", Permission.LEAD_TEAM),
    Tab(routes.JOBS, "shell.tab.jobs", Permission.RUN_JOBS),
)
AGREEMENTS = (
    Tab(routes.PROMISES, "agreements.promises", Permission.VIEW_CUSTOMERS),
    Tab(routes.DISPUTES, "agreements.disputes", Permission.VIEW_CUSTOMERS),
    Tab(routes.PLANS, "agreements.plans", Permission.VIEW_CUSTOMERS),
    Tab(routes.PROPOSALS, "agreements.proposals", Permission.VIEW_QUEUE),
)


def agreements_page(route: str, *body: Any, actions: Sequence[Any] = ()) -> rx.Component:
    """Return the page at ``route`` of the agreements; ``actions`` stand at the right of the head."""
    return _page(routes.PROMISES, "agreements.nav", AGREEMENTS, route, body, actions)


def collecting_page(route: str, *body: Any, actions: Sequence[Any] = ()) -> rx.Component:
    """Return the page at ``route`` beside the collector's day; ``actions`` stand at the right of the head."""
    return _page(routes.COLLECTOR, "shell.nav.collector", COLLECTING, route, body, actions)


def executive_page(route: str, *body: Any, actions: Sequence[Any] = ()) -> rx.Component:
    """Return the page at ``route`` beside the executive's cockpit; ``actions`` stand at the right of the head."""
    return _page(routes.EXECUTIVE, "shell.nav.executive", EXECUTIVE, route, body, actions)


def forecast_page(route: str, *body: Any, actions: Sequence[Any] = ()) -> rx.Component:
    """Return the page at ``route`` of the forecast; ``actions`` stand at the right of the head."""
    return _page(routes.FORECAST, "forecast.nav", FORECAST, route, body, actions)


def executive_tabs() -> rx.Component:
    """Return the ways from the cockpit itself to the pages beside it."""
    listed = (_tab(tab, tab.route == routes.EXECUTIVE) for tab in EXECUTIVE)
    return rx.el.nav(*listed, class_name="tabs", aria_label=t("shell.nav.executive"))


def reminders_page(route: str, *body: Any, actions: Sequence[Any] = ()) -> rx.Component:
    """Return the page at ``route`` of the reminders; ``actions`` stand at the right of the head."""
    return _page(routes.REMINDERS, "shell.nav.reminders", REMINDERS, route, body, actions)


def settings_page(route: str, *body: Any, actions: Sequence[Any] = ()) -> rx.Component:
    """Return the page at ``route`` of the settings; ``actions`` stand at the right of the head."""
    return _page(routes.CADENCES, "shell.nav.settings", SETTINGS, route, body, actions)


def _page(
    entry: str, title: str, tabs: tuple[Tab, ...], route: str, body: Sequence[Any], actions: Sequence[Any]
) -> rx.Component:
    (here,) = (tab for tab in tabs if tab.route == route)
    listed = rx.el.nav(*(_tab(tab, tab is here) for tab in tabs), class_name="tabs", aria_label=t(title))
    head = rx.el.div(
        rx.el.h1(t(title), rx.el.span(": ", t(here.label), class_name="sr")),
        listed,
        rx.el.span(class_name="sp"),
        *actions,
        class_name="row ph",
    )
    return page_frame(entry, head, *body, permission=here.permission)


def _tab(tab: Tab, is_here: bool) -> rx.Component:
    anchor = link(
        t(tab.label),
        href=tab.route,
        class_name="tab on" if is_here else "tab",
        aria_current="page" if is_here else "false",
    )
    return rx.cond(SessionState.permissions.contains(tab.permission.value), anchor, rx.fragment())
