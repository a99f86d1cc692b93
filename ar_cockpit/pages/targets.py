"""Targets: each company's goals and limits, and the limits that are crossed."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button, link
from ar_cockpit.components.executive.alerts import alert_bars
from ar_cockpit.components.executive.left_out import left_out
from ar_cockpit.components.forms import checkbox, text_input
from ar_cockpit.components.frame.tabs import executive_page
from ar_cockpit.components.layout import card, card_head, empty_state, skeleton_block
from ar_cockpit.components.text import t
from ar_cockpit.state.executive.left_out import LeftOutState
from ar_cockpit.state.targets.rows import CompanyItem, GoalItem
from ar_cockpit.state.targets.screen import TargetsState


@rx.page(route=routes.TARGETS, title=t("targets.title"), on_load=[TargetsState.load, LeftOutState.look])
def targets() -> rx.Component:
    """Draw the crossed limits, and a card for each company."""
    empty = card(empty_state("flag", t("targets.none"), t("targets.none.text")))
    listed = rx.el.div(rx.foreach(TargetsState.items, _company), class_name="goal-cards")
    return executive_page(
        routes.TARGETS,
        rx.el.p(t("targets.intro"), class_name="t2 f12 lead"),
        left_out(),
        alert_bars(TargetsState.alerts),
        rx.cond(
            TargetsState.is_loaded,
            rx.cond(TargetsState.items.length() > 0, listed, empty),
            card(skeleton_block(260), class_name="pad"),
        ),
    )


def _company(item: rx.Var[CompanyItem]) -> rx.Component:
    mail = rx.el.label(
        checkbox(
            t("targets.mail.want") + " " + item.name,
            checked=item.wants_mail,
            on_change=lambda wants: TargetsState.want_mail(item.code, wants),
        ),
        t("targets.mail.want"),
        class_name="row f12",
    )
    head = rx.el.thead(
        rx.el.tr(
            rx.el.th(t("targets.figure"), scope="col"),
            rx.el.th(t("targets.now"), scope="col", class_name="num"),
            rx.el.th(t("targets.goal"), scope="col"),
            rx.el.th(t("targets.limit"), scope="col", title=t("targets.limit.note")),
            rx.el.th(t("targets.state"), scope="col"),
        )
    )
    save = rx.el.div(button(t("targets.save"), kind="pri", type="submit"), class_name="row dialog-acts pad-note")
    form = rx.form(
        rx.el.input(type="hidden", name="company", value=item.code),
        rx.el.div(
            rx.el.table(
                rx.el.caption(item.name, class_name="sr"),
                head,
                rx.el.tbody(rx.foreach(item.goals, lambda goal: _goal(goal, item))),
                class_name="goals",
            ),
            class_name="scroll",
            tab_index=0,
            role="group",
            aria_label=item.name,
        ),
        rx.cond(item.may_set, save, rx.fragment()),
        on_submit=TargetsState.save,
        key=item.version,
    )
    return card(card_head(item.name, item.currency, mail), form)


def _goal(goal: rx.Var[GoalItem], item: rx.Var[CompanyItem]) -> rx.Component:
    def entry(name: rx.Var[str], value: rx.Var[str], label: rx.Var[str]) -> rx.Component:
        box = text_input(name=name, default_value=value, aria_label=label, input_mode="decimal", class_name="num")
        return rx.cond(item.may_set, box, rx.el.span(rx.cond(value != "", value, "–")))

    state = rx.cond(goal.word != "", badge(goal.kind, goal.word), rx.fragment())
    return rx.el.tr(
        rx.el.td(goal.label, " ", rx.el.span(goal.unit, class_name="cc"), class_name="b"),
        rx.el.td(
            rx.cond(goal.href != "", link(goal.now, href=goal.href, class_name="lnk"), goal.now), class_name="num"
        ),
        rx.el.td(entry(goal.goal_name, goal.goal, goal.goal_label)),
        rx.el.td(rx.cond(goal.has_limit, entry(goal.limit_name, goal.limit, goal.limit_label), rx.el.span("–"))),
        rx.el.td(state),
    )
