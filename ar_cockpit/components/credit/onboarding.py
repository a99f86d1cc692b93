"""The form for a new customer: what is said of a field stands below it, who may be the same beside the form."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button, icon, link, link_button
from ar_cockpit.components.forms import checkbox, field, select, text_area, text_input
from ar_cockpit.components.layout import card, card_head, note
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.credit.onboarding import LANGUAGES, NOBODY, DoubleRow, OnboardingState
from ar_cockpit.state.frame.session import SessionState

_MARKS = {"ok": "check", "watch": "info", "bad": "triangle-alert"}


def onboarding_form() -> rx.Component:
    """Return the form."""
    state = OnboardingState
    error = rx.el.p(icon("triangle-alert", 13), state.error, class_name="fld-error", role="alert")
    return rx.el.form(
        _who(),
        _numbers(),
        _dealing(),
        _contact(),
        _limit(),
        rx.cond(state.error != "", error, rx.fragment()),
        rx.el.div(button(t("onboarding.save"), kind="pri", type="submit", icon_name="check"), class_name="row end"),
        on_submit=state.save,
        key=state.form_key.to_string(),
        class_name="onb-form",
    )


def doubles_card() -> rx.Component:
    """Return who of the company may be the same customer."""
    state = OnboardingState

    def one(row: rx.Var[DoubleRow]) -> rx.Component:
        mark = rx.cond(row.is_certain, badge("bad", row.why), badge("watch", row.why))
        return rx.el.li(
            link(row.name, href=row.href, target="_blank", class_name="lnk b"),
            rx.el.span(row.place, class_name="cc"),
            rx.el.div(mark),
        )

    denial = rx.el.div(
        checkbox(t("onboarding.doubles.none_of_these"), checked=state.none_of_these, on_change=state.deny),
        rx.el.span(t("onboarding.doubles.none_of_these"), aria_hidden="true"),
        class_name="row tick-line",
    )
    found = rx.fragment(
        rx.el.p(t("onboarding.doubles.found"), class_name="f12"),
        rx.el.ul(rx.foreach(state.doubles[:8], one), class_name="onb-doubles"),
        rx.cond(state.more_doubles != "", rx.el.p(state.more_doubles, class_name="t2 f12")),
        denial,
    )
    nobody = rx.el.p(t("onboarding.doubles.none"), class_name="t2 f12")
    return card(
        card_head(t("onboarding.doubles")),
        rx.el.div(rx.cond(state.doubles.length() > 0, found, nobody), class_name="tab-body", aria_live="polite"),
    )


def _who() -> rx.Component:
    state = OnboardingState
    return _section(
        "who",
        _menu("company", state.sellers),
        _input("code", required=True, hint="onboarding.code.hint", is_checked=True, max_length=100),
        _input("name", required=True, max_length=300),
        _menu("country", state.countries),
        _input("city", max_length=200),
    )


def _numbers() -> rx.Component:
    return _section(
        "numbers",
        _input("registration", is_checked=True),
        _input("vat", is_checked=True),
        _input("lei", is_checked=True),
        _input("iban", is_checked=True, hint="onboarding.iban.hint"),
        note=t("onboarding.numbers.note"),
    )


def _dealing() -> rx.Component:
    state = OnboardingState
    languages = [(NOBODY, t("onboarding.language.any")), *((code, t(f"language.{code}")) for code in LANGUAGES)]
    return _section(
        "dealing",
        _input("currency", placeholder=state.usual_currency, max_length=3),
        _input("terms", default_value="30", input_mode="numeric", class_name="num", max_length=4),
        _menu("language", languages),
        _menu("sales", state.sales_people),
        _menu("collector", state.collectors),
    )


def _contact() -> rx.Component:
    return _section(
        "contact",
        _input("contact_name", max_length=200),
        _input("contact_email", type="email", max_length=200),
        _input("contact_phone", type="tel", max_length=40),
    )


def _limit() -> rx.Component:
    reason = text_area(id="onb-limit_reason", name="limit_reason", rows=2, max_length=500)
    return _section(
        "limit",
        _input("limit", input_mode="decimal", class_name="num", is_checked=True),
        _input("limit_until", type="date", min=SessionState.today),
        field(t("onboarding.field.limit_reason"), reason, control_id="onb-limit_reason"),
        note=t("onboarding.limit.note"),
    )


def _section(name: str, *fields: rx.Component, note: Any = None) -> rx.Component:
    quiet = [] if note is None else [rx.el.p(note, class_name="t2 f12")]
    return rx.el.fieldset(
        rx.el.legend(t(f"onboarding.section.{name}"), class_name="b"),
        *quiet,
        rx.el.div(*fields, class_name="credit-rules onb-fields"),
    )


def _input(name: str, *, is_checked: bool = False, hint: str = "", **props: Any) -> rx.Component:
    state, control_id = OnboardingState, f"onb-{name}"
    if is_checked or name == "name":
        props["on_blur"] = lambda value: state.look(name, value)
    if is_checked:
        props["aria_describedby"] = f"{control_id}-said"
    control = text_input(id=control_id, name=name, auto_complete="off", **props)
    labelled = field(t(f"onboarding.field.{name}"), control, control_id=control_id, hint=t(hint) if hint else None)
    if not is_checked:
        return labelled
    return rx.el.div(labelled, _said(name, control_id))


def _said(name: str, control_id: str) -> rx.Component:
    kind, words = OnboardingState.said_kind[name], OnboardingState.said[name]
    mark = rx.match(kind, *((one, icon(found, 13)) for one, found in _MARKS.items()), rx.fragment())
    told = rx.el.p(mark, rx.el.span(words), class_name=rx.Var.create("onb-said c-") + kind)
    return rx.el.div(rx.cond(words != "", told, rx.fragment()), id=f"{control_id}-said", aria_live="polite")


def _menu(name: str, choices: Any) -> rx.Component:
    state, label = OnboardingState, t(f"onboarding.field.{name}")
    menu = select(choices, state.chosen[name], lambda value: state.choose(name, value), label=label, in_form=True)
    return rx.el.div(rx.el.span(label, class_name="fl"), menu, class_name="fld")


def new_customer_link() -> rx.Component:
    """Return the way to the form, for who may take customers in; the company that is looked at goes along."""
    company = SessionState.company
    chosen = rx.cond(company != "", f"?{routes.COMPANY_PARAM}=" + company, "")
    new = link_button(t("onboarding.new"), href=f"{routes.NEW_CUSTOMER}/" + chosen, icon_name="user-plus")
    return rx.cond(may(Permission.ONBOARD_CUSTOMERS), new, rx.fragment())


def what_it_is() -> rx.Component:
    """Return what the form is for, and what an import does with the customer later."""
    return note("info", t("onboarding.what"))
