"""Approvals: the steps that need a credit manager's word before they go."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, icon, icon_button, key_cap, link
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import checkbox, field, text_area, text_input
from ar_cockpit.components.frame.keys import key_commands
from ar_cockpit.components.frame.tabs import reminders_page
from ar_cockpit.components.layout import card, empty_state, note, skeleton_rows
from ar_cockpit.components.reminders.preview import preview_dialog
from ar_cockpit.components.reminders.stop import stop_banner, stop_button
from ar_cockpit.components.tables import Column, data_table, pager
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.reminders.approvals import ApprovalItem, ApprovalsState

_MAY = may(Permission.APPROVE_STEP)


@rx.page(route=routes.APPROVALS, title=t("review.approvals.title"), on_load=ApprovalsState.load)
def approvals() -> rx.Component:
    """Draw what waits, with what helps to decide."""
    empty = empty_state("check", t("review.approvals.none"), t("review.approvals.none.text"))
    listed = data_table(
        _columns(),
        ApprovalsState.items,
        caption=t("review.approvals.title"),
        empty=empty,
        row_class=lambda item: rx.cond(item.is_current, "sel", rx.cond(item.declined != "", "mute", "")),
    )
    return reminders_page(
        routes.APPROVALS,
        stop_banner(),
        rx.cond(_MAY, rx.fragment(), note("info", t("review.approvals.credit_manager"))),
        card(
            rx.cond(_MAY & (ApprovalsState.items.length() > 0), _bar(), rx.fragment()),
            rx.cond(ApprovalsState.is_loaded, listed, skeleton_rows(8)),
            rx.cond(
                ApprovalsState.items.length() > 0,
                pager(ApprovalsState.page, ApprovalsState.pages, ApprovalsState.sums),
                rx.fragment(),
            ),
        ),
        _preview(),
        _declining(),
        key_commands(["j", "k", "x", "a", "d", "o"], ApprovalsState.on_key),
        actions=(stop_button(),),
    )


def _bar() -> rx.Component:
    is_any = ApprovalsState.selected.length() > 0
    keys = rx.el.span(
        *(rx.fragment(key_cap(key), rx.el.span(t(f"review.key.{key}"))) for key in "jxoad"),
        class_name="row t2 f11 wide-only",
    )
    return rx.el.div(
        checkbox(t("review.tick_all"), checked=is_any, on_change=ApprovalsState.toggle_all),
        rx.cond(is_any, rx.el.span(ApprovalsState.chosen_words, class_name="b f12"), keys),
        rx.el.span(class_name="sp"),
        rx.cond(is_any, _note(), rx.fragment()),
        button(t("review.decline"), disabled=~is_any, on_click=ApprovalsState.ask_decline(True)),
        button(
            t("review.approve.chosen"),
            kind="pri",
            icon_name="check",
            disabled=~is_any,
            on_click=ApprovalsState.approve,
        ),
        class_name="list-head",
    )


def _note() -> rx.Component:
    """Return the field for the record; it is drawn anew, and empty, after each approval."""
    return text_input(
        default_value=ApprovalsState.note,
        key=ApprovalsState.note,
        on_blur=ApprovalsState.write_note,
        placeholder=t("review.note"),
        aria_label=t("review.note"),
        max_length=500,
        class_name="note-field",
    )


def _columns() -> tuple[Column, ...]:
    def tick(item: rx.Var[ApprovalItem]) -> rx.Component:
        box = checkbox(
            t("review.tick") + " " + item.customer,
            checked=item.is_selected,
            on_change=lambda is_on: ApprovalsState.toggle(item.key, is_on),
        )
        return rx.cond(_MAY, box, rx.fragment())

    def customer(item: rx.Var[ApprovalItem]) -> rx.Component:
        name = link(item.customer, href=item.href, class_name="lnk")
        remark = rx.cond(item.declined != "", rx.el.div(icon("clock", 12), item.declined, class_name="t2 f11 why"))
        return rx.fragment(name, rx.el.span(item.code, class_name="cc"), remark)

    def step(item: rx.Var[ApprovalItem]) -> rx.Component:
        return rx.fragment(item.step, rx.el.div(item.channel, ", ", item.cadence, class_name="t2 f11"))

    def owed(item: rx.Var[ApprovalItem]) -> rx.Component:
        return rx.fragment(rx.el.b(item.total), rx.el.div(item.oldest, class_name="t2 f11"))

    def paying(item: rx.Var[ApprovalItem]) -> rx.Component:
        spoke = rx.el.div(t("review.last_contact"), ": ", item.contact, class_name="t2 f11")
        return rx.el.div(item.habit, spoke, class_name="why")

    return (
        Column("is_selected", rx.el.span(t("review.tick"), class_name="sr"), cell=tick),
        Column("customer", t("review.customer"), strong=True, cell=customer),
        Column("step", t("review.step"), cell=step, wide=True),
        Column("invoices", t("review.invoices.head"), wide=True),
        Column("total", t("review.total"), numeric=True, cell=owed),
        Column("since", t("review.waits_since"), wide=True),
        Column("habit", t("review.habit"), wide=True, cell=paying),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=_acts),
    )


def _acts(item: rx.Var[ApprovalItem]) -> rx.Component:
    look = icon_button(
        "eye", t("review.look") + " " + item.customer, size="sm", on_click=ApprovalsState.preview(item.key)
    )
    approve = icon_button(
        "check",
        t("review.approve") + " " + item.customer,
        size="sm",
        on_click=ApprovalsState.approve_one(item.key),
    )
    decline = icon_button(
        "x", t("review.decline") + " " + item.customer, size="sm", on_click=ApprovalsState.decline_one(item.key)
    )
    return rx.el.div(look, rx.cond(_MAY, rx.fragment(approve, decline), rx.fragment()), class_name="row")


def _preview() -> rx.Component:
    approve = button(
        t("review.approve"),
        kind="pri",
        icon_name="check",
        on_click=ApprovalsState.approve_one(ApprovalsState.current),
    )
    return preview_dialog(
        ApprovalsState,
        button(t("shell.close"), on_click=ApprovalsState.close_preview(False)),
        rx.cond(_MAY, rx.fragment(_note(), approve), rx.fragment()),
    )


def _declining() -> rx.Component:
    form = rx.form(
        note("info", ApprovalsState.decline_words),
        field(
            t("review.decline.reason"),
            text_area(id="decline-reason", name="reason", rows=2, max_length=500, required=True),
            control_id="decline-reason",
        ),
        field(
            t("review.decline.until"),
            text_input(
                id="decline-until",
                name="until",
                type="date",
                default_value=ApprovalsState.decline_until,
                key=ApprovalsState.decline_until,
                aria_describedby="decline-until-error",
            ),
            control_id="decline-until",
            error=ApprovalsState.decline_error,
        ),
        rx.el.div(
            button(t("shell.cancel"), on_click=ApprovalsState.ask_decline(False)),
            button(t("review.decline"), kind="pri", type="submit"),
            class_name="row dialog-acts",
        ),
        on_submit=ApprovalsState.decline,
        class_name="review-form",
    )
    title = t("review.decline.title")
    return dialog(ApprovalsState.is_declining, ApprovalsState.ask_decline, title, form, width="460px")
