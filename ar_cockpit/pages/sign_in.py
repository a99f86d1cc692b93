"""The sign-in page, and the bare address that leads to one's cockpit."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button
from ar_cockpit.components.forms import field, hidden, posted_form, text_input
from ar_cockpit.components.frame.spoken import spoken
from ar_cockpit.components.frame.top_bar import mark
from ar_cockpit.components.text import t
from ar_cockpit.i18n import LANGUAGES
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.frame.sign_in import DemoAccount, SignInState


@rx.page(route=routes.SIGN_IN, title=t("sign_in.title"), on_load=SignInState.open)
def sign_in() -> rx.Component:
    """Draw the form, which the browser posts itself so that the cookie stays out of reach of scripts."""
    return rx.el.main(
        rx.el.div(mark("mark big"), rx.el.h1(t("sign_in.heading")), _form(), _demo(), class_name="box"),
        rx.el.footer(t("sign_in.no_account"), _languages(), class_name="t2 f12"),
        spoken(),
        class_name="si",
        lang=SessionState.language,
    )


@rx.page(route=routes.HOME, title=t("sign_in.home"), on_load=SignInState.go_home)
def home() -> rx.Component:
    """Draw nothing: the visitor is led on at once."""
    return rx.el.main(rx.el.h1(t("sign_in.home"), class_name="sr"))


def _form() -> rx.Component:
    email = text_input(
        id="email",
        name="email",
        type="email",
        required=True,
        auto_complete="username",
        default_value=SignInState.email,
        key=SignInState.email,
        class_name="tall",
    )
    password = text_input(
        id="password",
        name="password",
        type="password",
        required=True,
        auto_complete="current-password",
        aria_invalid=rx.cond(SignInState.reason != "", "true", "false"),
        aria_describedby="password-error",
        class_name="tall",
    )
    return posted_form(
        hidden("next", SignInState.target),
        field(t("sign_in.email"), email, control_id="email"),
        field(t("sign_in.password"), password, control_id="password", error=SignInState.reason),
        button(t("sign_in.submit"), kind="pri", type="submit", class_name="wide"),
        action=routes.POST_SIGN_IN,
    )


def _demo() -> rx.Component:
    listed = rx.el.div(rx.foreach(SignInState.demo, _demo_account), class_name="demo")
    offer = rx.fragment(rx.el.div(rx.el.span(t("sign_in.demo")), class_name="or"), listed)
    return rx.cond(SignInState.demo.length() > 0, offer, rx.fragment())


def _demo_account(account: rx.Var[DemoAccount]) -> rx.Component:
    return posted_form(
        hidden("email", account.email),
        hidden("password", account.password),
        hidden("next", SignInState.target),
        button(account.role, rx.el.span(account.name, class_name="t2"), type="submit", class_name="wide"),
        action=routes.POST_SIGN_IN,
    )


def _languages() -> rx.Component:
    def choose(code: str, name: str) -> Any:
        here = hidden("next", SignInState.back_here)
        press = button(rx.el.span(name, lang=code), kind="ghost", size="sm", type="submit")
        return posted_form(here, hidden("language", code), press, action=routes.POST_LANGUAGE)

    return rx.fragment(*(choose(code, name) for code, name in LANGUAGES.items()))
