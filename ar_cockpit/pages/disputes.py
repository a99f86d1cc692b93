"""Disputes: who answers what by when."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.agreements.listing import customer_cell, in_currency, listing
from ar_cockpit.components.controls import badge, button, link
from ar_cockpit.components.dialogs import form_dialog
from ar_cockpit.components.forms import choice_field, field, text_area, text_input
from ar_cockpit.components.frame.tabs import agreements_page
from ar_cockpit.components.layout import empty_state
from ar_cockpit.components.lists import wanted_exports
from ar_cockpit.components.tables import Column
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.listing import DISPUTES
from ar_cockpit.state.agreements.disputes import DisputeItem, DisputesState
from ar_cockpit.state.frame.session import SessionState


@rx.page(route=routes.DISPUTES, title=t("agreements.disputes"), on_load=DisputesState.load)
def disputes() -> rx.Component:
    """Draw the list and the dialogs of one dispute."""
    again = link(t("invoices.clear"), href=routes.DISPUTES + "/", class_name="btn")
    empty = empty_state("flag", t("agreements.disputes.none"), t("agreements.disputes.none.text"), again, small=True)
    return agreements_page(
        routes.DISPUTES,
        listing(DisputesState, "disputes", DISPUTES.shows, _columns(), t("agreements.disputes"), empty),
        _answering(),
        _handing(),
        actions=(_mine(), wanted_exports(DisputesState)),
    )


def _mine() -> rx.Component:
    return button(
        t("agreements.mine"),
        size="sm",
        kind="ghost",
        icon_name="user",
        on_click=SessionState.set_param("owner", SessionState.user_email),
    )


def _columns() -> tuple[Column, ...]:
    def invoice(item: rx.Var[DisputeItem]) -> rx.Component:
        return rx.fragment(item.invoice, rx.el.div(item.reason, class_name="t2 f11"))

    def clock(item: rx.Var[DisputeItem]) -> rx.Component:
        quiet = rx.el.span(item.clock, class_name="t2")
        return rx.cond(item.clock_kind == "", quiet, badge(item.clock_kind, item.clock))

    def words(item: rx.Var[DisputeItem]) -> rx.Component:
        return rx.el.div(item.words, class_name="t2 why agr-words")

    return (
        Column("customer", t("invoices.customer"), sortable=True, strong=True, cell=customer_cell),
        Column("invoice", t("agreements.invoice"), sortable=True, cell=invoice),
        Column("amount", in_currency("agreements.disputed"), numeric=True, sortable=True),
        Column("age", t("agreements.age"), sortable=True, wide=True),
        Column("answer_due_on", t("agreements.answer_by"), sortable=True, wide=True, cell=lambda item: item.due_on),
        Column("clock", t("agreements.clock"), cell=clock, wide=True),
        Column("owner", t("agreements.owner"), wide=True),
        Column("words", t("agreements.said"), wide=True, cell=words),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=_acts),
    )


def _acts(item: rx.Var[DisputeItem]) -> rx.Component:
    about = item.invoice + ", " + item.customer
    answer = button(
        rx.el.span(t("agreements.answer"), class_name="agr-word"),
        size="sm",
        icon_name="reply",
        aria_label=t("agreements.answer") + " " + item.invoice,
        on_click=DisputesState.ask_answer(item.key, about),
    )
    hand = button(
        rx.el.span(t("agreements.hand"), class_name="agr-word"),
        size="sm",
        icon_name="users",
        kind="ghost",
        aria_label=t("agreements.hand") + " " + item.invoice,
        on_click=DisputesState.ask_handing(item.key, about),
    )
    return rx.el.div(
        rx.cond(item.may_answer, answer, rx.fragment()),
        rx.cond(item.is_open & may(Permission.WORK_CUSTOMERS), hand, rx.fragment()),
        class_name="row agr-acts",
    )


def _answering() -> rx.Component:
    area = text_area(id="dispute-answer", name="answer", rows=4, required=True, max_length=2000, auto_focus=True)
    return form_dialog(
        DisputesState.answering != "",
        DisputesState.ask_answer("", ""),
        t("agreements.answer.title"),
        rx.el.p(DisputesState.about, class_name="b"),
        field(t("agreements.answer.words"), area, control_id="dispute-answer", hint=t("agreements.answer.means")),
        send=t("agreements.answer"),
        on_submit=DisputesState.answer,
    )


def _handing() -> rx.Component:
    owner = choice_field(
        t("agreements.owner"),
        DisputesState.colleagues,
        DisputesState.new_owner,
        DisputesState.choose_owner,
        control_id="new-owner",
        error=DisputesState.dialog_error,
    )
    until = text_input(id="hand-until", name="until", type="date", min=SessionState.as_of)
    return form_dialog(
        DisputesState.handing != "",
        DisputesState.ask_handing("", ""),
        t("agreements.hand.title"),
        rx.el.p(DisputesState.about, class_name="b"),
        owner,
        field(t("agreements.answer_by"), until, control_id="hand-until", hint=t("agreements.hand.day")),
        send=t("agreements.hand"),
        on_submit=DisputesState.hand_over,
    )
