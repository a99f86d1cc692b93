"""Payment plans: how far each came, and what is next."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.agreements.ending import ending_dialog
from ar_cockpit.components.agreements.listing import customer_cell, in_currency, listing, state_cell
from ar_cockpit.components.controls import badge, button, link
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.frame.tabs import agreements_page
from ar_cockpit.components.layout import empty_state
from ar_cockpit.components.lists import wanted_exports
from ar_cockpit.components.tables import Column
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.collecting.listing import PLANS
from ar_cockpit.state.agreements.plans import PartItem, PlanItem, PlansState


@rx.page(route=routes.PLANS, title=t("agreements.plans"), on_load=PlansState.load)
def plans() -> rx.Component:
    """Draw the list, the instalments of one plan, and the dialog that ends one."""
    again = link(t("invoices.clear"), href=routes.PLANS + "/", class_name="btn")
    empty = empty_state("layers", t("agreements.plans.none"), t("agreements.plans.none.text"), again, small=True)
    return agreements_page(
        routes.PLANS,
        listing(PlansState, "plans", PLANS.shows, _columns(), t("agreements.plans"), empty),
        _looking(),
        ending_dialog(PlansState, "agreements.end.title", "agreements.end.means"),
        actions=(wanted_exports(PlansState),),
    )


def _columns() -> tuple[Column, ...]:
    def principal(item: rx.Var[PlanItem]) -> rx.Component:
        borne = rx.el.div("+ ", item.interest, class_name="t2 f11")
        return rx.fragment(item.principal, rx.cond(item.interest != "", borne, rx.fragment()))

    return (
        Column("customer", t("invoices.customer"), sortable=True, strong=True, cell=customer_cell),
        Column("principal", in_currency("agreements.amount"), numeric=True, sortable=True, cell=principal),
        Column("received", t("agreements.received"), numeric=True, sortable=True, wide=True),
        Column("parts", t("agreements.plan.count"), wide=True),
        Column("next_on", t("agreements.next_on"), sortable=True, wide=True),
        Column("last_on", t("agreements.last_on"), sortable=True, wide=True),
        Column("state", t("invoices.state"), cell=state_cell),
        Column("owner", t("invoices.collector"), wide=True),
        Column("key", rx.el.span(t("review.acts"), class_name="sr"), cell=_acts),
    )


def _acts(item: rx.Var[PlanItem]) -> rx.Component:
    look = button(
        rx.el.span(t("agreements.look"), class_name="agr-word"),
        size="sm",
        icon_name="eye",
        aria_label=t("agreements.look") + " " + item.customer,
        on_click=PlansState.look(item.key, item.customer),
    )
    end = button(
        rx.el.span(t("agreements.end"), class_name="agr-word"),
        size="sm",
        icon_name="x",
        kind="ghost",
        aria_label=t("agreements.end") + " " + item.customer,
        on_click=PlansState.ask_ending(item.key, item.customer),
    )
    return rx.el.div(
        look, rx.cond(item.may_cancel & may(Permission.WORK_CUSTOMERS), end, rx.fragment()), class_name="row agr-acts"
    )


def _looking() -> rx.Component:
    def row(part: rx.Var[PartItem]) -> rx.Component:
        state = rx.cond(
            part.state_kind == "", rx.el.span(part.state, class_name="t2"), badge(part.state_kind, part.state)
        )
        return rx.el.tr(rx.el.td(part.day), rx.el.td(part.amount, class_name="num"), rx.el.td(state))

    table = rx.el.table(
        rx.el.caption(t("agreements.plan.schedule"), class_name="sr"),
        rx.el.tbody(rx.foreach(PlansState.parts, row)),
        class_name="schedule",
    )
    shut = PlansState.look("", "")
    foot = rx.el.div(button(t("shell.close"), on_click=shut), class_name="row end")
    scrolled = rx.el.div(table, class_name="scroll schedule-box", tab_index=0, role="group")
    body = rx.el.div(rx.el.p(PlansState.about, class_name="b"), scrolled, foot, class_name="dialog-form")
    title = t("agreements.plan.schedule")
    return dialog(PlansState.looked != "", lambda _open: shut, title, body, width="460px")
