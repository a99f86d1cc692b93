"""The forms of the credit screen: a limit, a hold, a refusal, the rules."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import badge, button, icon, link
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.figures import progress
from ar_cockpit.components.forms import error_line, field, select, text_area, text_input
from ar_cockpit.components.layout import card, card_head, note, skeleton_rows
from ar_cockpit.components.text import t
from ar_cockpit.state.credit.rules import CreditRulesState, MoveRow, RuleRow, WorseRow
from ar_cockpit.state.credit.screen import CreditState


def limit_dialog() -> rx.Component:
    """Return the form for a limit."""
    form = rx.form(
        _customer("limit"),
        field(
            t("credit.limit"),
            text_input(id="limit-amount", name="amount", input_mode="decimal", required=True, auto_complete="off"),
            control_id="limit-amount",
            hint=t("credit.limit.hint"),
        ),
        field(
            t("credit.valid_until"),
            text_input(id="limit-until", name="until", type="date"),
            control_id="limit-until",
        ),
        field(
            t("credit.insured_part"),
            text_input(id="limit-insured", name="insured", input_mode="decimal", auto_complete="off"),
            control_id="limit-insured",
        ),
        _reason("limit"),
        error_line(CreditState.dialog_error),
        _buttons(t("credit.limit.set")),
        on_submit=CreditState.set_limit,
        class_name="review-form",
    )
    return _dialog("limit", t("credit.limit.title"), form)


def hold_dialog() -> rx.Component:
    """Return the form for a hold."""
    form = rx.form(
        note("watch", t("credit.hold.what")),
        _customer("hold"),
        _reason("hold"),
        field(t("credit.last_day"), text_input(id="hold-until", name="until", type="date"), control_id="hold-until"),
        error_line(CreditState.dialog_error),
        _buttons(t("credit.hold.set")),
        on_submit=CreditState.set_hold,
        class_name="review-form",
    )
    return _dialog("hold", t("credit.hold.title"), form)


def refusal_dialog() -> rx.Component:
    """Return the form that says why a request is refused."""
    form = rx.form(
        rx.el.p(CreditState.dialog_customer, class_name="b"),
        _reason("refusal"),
        error_line(CreditState.dialog_error),
        _buttons(t("credit.refuse")),
        on_submit=CreditState.refuse,
        class_name="review-form",
    )
    return _dialog("refuse", t("credit.refuse.title"), form)


def rules_card() -> rx.Component:
    """Return the rules in force, to be changed."""
    group = select(
        CreditRulesState.groups,
        CreditRulesState.group,
        CreditRulesState.choose_group,
        label=t("credit.rule.group"),
        in_form=True,
    )
    form = rx.form(
        note("info", t("credit.rules.what")),
        rx.el.h3(t("credit.rules.standing"), class_name="b"),
        rx.el.div(rx.foreach(CreditRulesState.standing_rules, _rule), class_name="credit-rules"),
        rx.el.div(rx.el.span(t("credit.rule.group"), class_name="fl"), group, class_name="fld"),
        rx.el.h3(t("credit.rules.credit"), class_name="b"),
        rx.el.div(rx.foreach(CreditRulesState.limit_rules, _rule), class_name="credit-rules"),
        error_line(CreditRulesState.error),
        rx.el.div(
            button(t("credit.rules.save"), kind="pri", type="submit"),
            button(
                t("rules_preview.look"),
                icon_name="eye",
                on_click=CreditRulesState.look_ahead,
                disabled=CreditRulesState.is_looking,
            ),
            class_name="row wrap",
        ),
        rx.cond(CreditRulesState.is_looking, _looking()),
        _preview(),
        on_submit=CreditRulesState.save,
        key=CreditRulesState.version.to_string(),
        class_name="review-form credit-form",
    )
    return card(card_head(t("credit.tab.rules")), rx.cond(CreditRulesState.is_shown, form, skeleton_rows(8)))


def _rule(row: rx.Var[RuleRow]) -> rx.Component:
    control_id = "rule-" + row.key
    number: Any = rx.cond(row.is_number, "numeric", "text")
    return rx.el.div(
        rx.el.label(row.label, html_for=control_id, class_name="fl"),
        text_input(
            id=control_id,
            name=row.key,
            default_value=row.value,
            placeholder=row.hint,
            input_mode=number,
            auto_complete="off",
            on_blur=lambda value: CreditRulesState.type_rule(row.key, value),
        ),
        class_name="fld",
    )


def _looking() -> rx.Component:
    """Return how far the look is, with a way to give it up."""
    return rx.el.div(
        rx.el.div(
            rx.el.span(t("rules_preview.looking"), class_name="t2 f12"),
            rx.el.span(class_name="sp"),
            button(t("shell.cancel"), size="sm", kind="ghost", on_click=CreditRulesState.stop_looking),
            class_name="row",
        ),
        progress(CreditRulesState.percent, label=t("rules_preview.looking")),
        class_name="out-running",
        role="status",
    )


def _preview() -> rx.Component:
    """Return what the rules in the form would do, once somebody asked."""
    state = CreditRulesState

    def move(one: rx.Var[MoveRow]) -> rx.Component:
        return rx.el.li(
            rx.el.b(one.count, class_name="num"),
            " ",
            one.before,
            " → ",
            one.after,
            " ",
            rx.cond(one.is_worse, icon("trending-down", 13), icon("trending-up", 13)),
        )

    def named(one: rx.Var[WorseRow]) -> rx.Component:
        return rx.el.li(
            link(one.name, href=one.href, class_name="lnk"),
            rx.el.span(one.code, class_name="cc"),
            badge(one.kind, one.word),
            rx.el.span(one.why, class_name="t2 f12"),
        )

    some = rx.fragment(
        rx.el.ul(rx.foreach(state.moves, move), class_name="rule-moves"),
        rx.cond(
            state.worse.length() > 0,
            rx.fragment(
                rx.el.h3(t("rules_preview.worse"), class_name="b"),
                rx.el.ul(rx.foreach(state.worse, named), class_name="rule-worse"),
            ),
        ),
    )
    told = rx.el.section(
        rx.el.p(state.preview_words, class_name="b"),
        some,
        class_name="rule-preview",
        aria_label=t("rules_preview.look"),
    )
    return rx.el.div(rx.cond(state.preview_words != "", told, rx.fragment()), aria_live="polite")


def _dialog(name: str, title: Any, form: rx.Component) -> rx.Component:
    return dialog(CreditState.dialog == name, CreditState.close_dialog, title, form, width="460px")


def _customer(of: str) -> rx.Component:
    control_id = f"{of}-customer"
    box = text_input(
        id=control_id,
        name="customer",
        default_value=CreditState.dialog_customer,
        key=CreditState.dialog_customer,
        required=True,
        auto_complete="off",
    )
    return field(t("credit.customer.code"), box, control_id=control_id)


def _reason(of: str) -> rx.Component:
    control_id = f"{of}-reason"
    return field(
        t("credit.why"),
        text_area(id=control_id, name="reason", rows=2, max_length=500, required=True),
        control_id=control_id,
    )


def _buttons(verb: Any) -> rx.Component:
    return rx.el.div(
        button(t("shell.cancel"), on_click=CreditState.close_dialog(False)),
        button(verb, kind="pri", type="submit"),
        class_name="row dialog-acts",
    )
