"""A new customer, taken in before its first invoice: checked as it is typed, held against who is there."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.credit.onboarding import doubles_card, onboarding_form, what_it_is
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.layout import card, page_head, skeleton_block
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.credit.onboarding import OnboardingState


@rx.page(route=routes.NEW_CUSTOMER, title=t("onboarding.title"), on_load=OnboardingState.load)
def new_customer() -> rx.Component:
    """Draw the form at the left and likely doubles at the right."""
    form = card(rx.cond(OnboardingState.is_ready, onboarding_form(), skeleton_block(600)), class_name="onb-card")
    return page_frame(
        routes.CUSTOMERS,
        page_head(t("onboarding.heading")),
        what_it_is(),
        rx.el.div(form, doubles_card(), class_name="onb-page"),
        permission=Permission.ONBOARD_CUSTOMERS,
    )
