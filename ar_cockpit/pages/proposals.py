"""Proposals: what collectors ask finance for, decided by a credit manager."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.agreements.listing import customer_cell, listing, state_cell
from ar_cockpit.components.controls import button
from ar_cockpit.components.dialogs import confirm_dialog, form_dialog
from ar_cockpit.components.forms import field, text_area
from ar_cockpit.components.frame.tabs import agreements_page
from ar_cockpit.components.layout import empty_state, note
from ar_cockpit.components.tables import Column
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.listing import PROPOSALS
from ar_cockpit.state.agreements.proposals import ProposalItem, ProposalsState


@rx.page(route=routes.PROPOSALS, title=t("agreements.proposals"), on_load=ProposalsState.load)
def proposals() -> rx.Component:
    """Draw what waits and what was decided."""
    empty = empty_state("check", t("agreements.proposals.none"), t("agreements.proposals.none.text"), small=True)
    return agreements_page(
        routes.PROPOSALS,
        rx.cond(may(Permission.SET_CREDIT), rx.fragment(), note("info", t("agreements.proposals.whose"))),
        listing(ProposalsState, "proposals", PROPOSALS.shows, _columns(), t("agreements.proposals"), empty),
        confirm_dialog(
            ProposalsState.accepting != "",
            t("agreements.accept.title"),
            ProposalsState.consequences,
            t("agreements.accept"),
            ProposalsState.accept,
            ProposalsState.ask_accepting(""),
        ),
        _refusing(),
    )


def _columns() -> tuple[Column, ...]:
    def kind(item: rx.Var[ProposalItem]) -> rx.Component:
        return rx.fragment(item.kind, rx.el.div(item.about, class_name="t2 f11"))

    def words(item: rx.Var[ProposalItem]) -> rx.Component:
        return rx.el.div(item.words, class_name="why agr-words")

    def proposed(item: rx.Var[ProposalItem]) -> rx.Component:
        return rx.fragment(item.proposed, rx.el.div(item.by, class_name="t2 f11"))

    def state(item: rx.Var[ProposalItem]) -> rx.Component:
        return rx.fragment(state_cell(item), rx.el.div(item.decided, class_name="t2 f11"))

    return (
        Column("customer", t("invoices.customer"), sortable=True, strong=True, cell=customer_cell),
        Column("kind", t("agreements.ask"), cell=kind),
        Column("amount", t("agreements.amount"), numeric=True, sortable=True, wide=True),
        Column("words", t("agreements.reason"), wide=True, cell=words),
        Column("proposed_on", t("agreements.proposed_on"), sortable=True, wide=True, cell=proposed),
        Column("state", t("invoices.state"), cell=state, wide=True),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=_acts),
    )


def _acts(item: rx.Var[ProposalItem]) -> rx.Component:
    accept = button(
        rx.el.span(t("agreements.accept"), class_name="agr-word"),
        size="sm",
        icon_name="check",
        aria_label=t("agreements.accept") + " " + item.customer,
        on_click=ProposalsState.ask_accepting(item.key),
    )
    refuse = button(
        rx.el.span(t("agreements.refuse"), class_name="agr-word"),
        size="sm",
        icon_name="x",
        kind="ghost",
        aria_label=t("agreements.refuse") + " " + item.customer,
        on_click=ProposalsState.ask_refusing(item.key, item.customer + ", " + item.kind),
    )
    return rx.cond(item.may_decide, rx.el.div(accept, refuse, class_name="row agr-acts"), rx.fragment())


def _refusing() -> rx.Component:
    area = text_area(id="refuse-reason", name="reason", rows=3, required=True, max_length=2000, auto_focus=True)
    return form_dialog(
        ProposalsState.refusing != "",
        ProposalsState.ask_refusing("", ""),
        t("agreements.refuse.title"),
        rx.el.p(ProposalsState.about, class_name="b"),
        field(t("agreements.reason"), area, control_id="refuse-reason"),
        send=t("agreements.refuse"),
        on_submit=ProposalsState.refuse,
    )
