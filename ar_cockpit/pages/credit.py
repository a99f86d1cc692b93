"""Credit: requests to decide, limits to look at, alerts, holds, groups, and the rules of standing."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button
from ar_cockpit.components.credit.forms import hold_dialog, limit_dialog, refusal_dialog, rules_card
from ar_cockpit.components.credit.lists import alerts_card, groups_card, holds_card, requests_card, reviews_card
from ar_cockpit.components.credit.onboarding import new_customer_link
from ar_cockpit.components.forms import param, tabs
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.layout import page_head
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.credit.rules import CreditRulesState
from ar_cockpit.state.credit.screen import CreditState

_SETS = may(Permission.SET_CREDIT)


@rx.page(route=routes.CREDIT, title=t("credit.title"), on_load=[CreditState.load, CreditRulesState.look])
def credit() -> rx.Component:
    """Draw the chosen list, with what may be done."""
    value, choose = param("tab", "requests")
    choices = (
        ("requests", t("credit.tab.requests"), CreditState.waiting.length()),
        ("reviews", t("credit.tab.reviews")),
        ("alerts", t("credit.tab.alerts")),
        ("holds", t("credit.tab.holds"), CreditState.held.length()),
        ("groups", t("credit.tab.groups")),
        ("rules", t("credit.tab.rules")),
    )
    chosen = rx.match(
        value,
        ("reviews", reviews_card()),
        ("alerts", alerts_card()),
        ("holds", holds_card()),
        ("groups", groups_card()),
        ("rules", rules_card()),
        requests_card(),
    )
    acts = rx.fragment(
        new_customer_link(),
        button(t("credit.hold.new"), icon_name="hand", on_click=CreditState.open_dialog("hold", "")),
        button(t("credit.limit.new"), kind="pri", icon_name="gauge", on_click=CreditState.open_dialog("limit", "")),
    )
    bar = rx.el.div(tabs(choices, value, choose, label=t("credit.heading")), class_name="credit-tabs")
    return page_frame(
        routes.CREDIT,
        page_head(t("credit.heading"), CreditState.standing_words, rx.cond(_SETS, acts, rx.fragment())),
        rx.cond(_SETS, rx.fragment(bar, chosen), requests_card()),
        limit_dialog(),
        hold_dialog(),
        refusal_dialog(),
        permission=Permission.APPROVE_CREDIT,
    )
