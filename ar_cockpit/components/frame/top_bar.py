"""The top bar: search, what the figures are of (company, currency, day), language, theme and account."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import button, icon, icon_button, key_cap, link
from ar_cockpit.components.forms import field, posted_form, select
from ar_cockpit.components.frame.bell import bell
from ar_cockpit.components.text import t
from ar_cockpit.i18n import LANGUAGES
from ar_cockpit.state.frame.currency import CONSOLIDATED
from ar_cockpit.state.frame.search import SearchState
from ar_cockpit.state.frame.session import SessionState

_ALL = "*"  # a Radix item may not have an empty value


def mark(class_name: str = "mark") -> rx.Component:
    """Return the product's mark."""
    line = rx.el.svg(rx.el.path(d="M3.5 6 12 18.5 20.5 6"), view_box="0 0 24 24")
    return rx.el.span(line, class_name=class_name, aria_hidden="true")


def top_bar() -> rx.Component:
    """Return the bar above every screen."""
    return rx.el.header(
        _search(),
        rx.el.span(class_name="sp"),
        rx.el.div(*_figure_choices(), class_name="row wide-only"),
        rx.el.div(_languages(class_name="plain"), _theme(), class_name="row wide-only"),
        bell(),
        _account(),
        class_name="top",
    )


def _search() -> rx.Component:
    box = rx.el.input(
        id="search",
        type="search",
        name="words",
        placeholder=t("shell.search"),
        aria_label=t("shell.search"),
        auto_complete="off",
        on_change=SearchState.look.debounce(180),
    )
    panel = rx.el.div(
        _hits("shell.search.customers", SearchState.customers, "building-2"),
        _hits("shell.search.invoices", SearchState.invoices, "file-text"),
        rx.cond(SearchState.nothing != "", rx.el.p(SearchState.nothing, class_name="none"), rx.fragment()),
        class_name="hits",
        aria_live="polite",
    )
    is_answered = (SearchState.customers.length() + SearchState.invoices.length() > 0) | (SearchState.nothing != "")
    return rx.el.div(
        icon("search", 15),
        box,
        key_cap("/"),
        rx.cond(is_answered, panel, rx.fragment()),
        class_name="search",
        role="search",
        custom_attrs={"data-arrows": "1"},
    )


def _hits(title_key: str, hits: Any, icon_name: str) -> rx.Component:
    def hit(found: Any) -> rx.Component:
        remark = rx.el.span(found.note, class_name="t2 f12 el")
        return link(icon(icon_name, 14), rx.el.span(found.text, class_name="b"), remark, href=found.href)

    head = rx.el.div(t(title_key), class_name="sec")
    return rx.cond(hits.length() > 0, rx.fragment(head, rx.foreach(hits, hit)), rx.fragment())


def _figure_choices(in_form: bool = False) -> list[rx.Component]:
    def choose_company(code: rx.Var[str]) -> Any:
        return SessionState.set_param(routes.COMPANY_PARAM, rx.cond(code == _ALL, "", code))

    company = rx.select.root(
        rx.select.trigger(aria_label=t("shell.company"), class_name="in-form" if in_form else ""),
        rx.select.content(
            rx.select.item(t("shell.all_companies"), value=_ALL),
            rx.foreach(SessionState.companies, lambda company: rx.select.item(company.label, value=company.value)),
            position="popper",
        ),
        value=rx.cond(SessionState.company == "", _ALL, SessionState.company),
        on_change=choose_company,
    )
    return [
        rx.cond(SessionState.companies.length() > 0, company, rx.fragment()),
        rx.cond(SessionState.companies.length() > 0, _currency(in_form), rx.fragment()),
        _as_of(in_form),
    ]


def _currency(in_form: bool) -> rx.Component:
    """Return the choice between documents of one currency and all of them converted into one."""
    one = rx.foreach(SessionState.currencies, lambda code: rx.select.item(code, value=code))
    into = rx.foreach(
        SessionState.consolidations,
        lambda code: rx.select.item(t("consolidation.in") + " " + code, value=CONSOLIDATED + code),
    )
    return rx.select.root(
        rx.select.trigger(aria_label=t("shell.currency"), class_name="in-form" if in_form else ""),
        rx.select.content(
            rx.select.group(rx.select.label(t("consolidation.only")), one),
            rx.select.separator(),
            rx.select.group(rx.select.label(t("consolidation.all")), into),
            position="popper",
        ),
        value=rx.cond(SessionState.consolidate != "", CONSOLIDATED + SessionState.consolidate, SessionState.currency),
        on_change=SessionState.choose_currency,
    )


def _as_of(in_form: bool) -> rx.Component:
    day_id = "as-of-phone" if in_form else "as-of"
    day = rx.el.input(
        type="date",
        id=day_id,
        name="day",
        default_value=SessionState.as_of,
        key=SessionState.as_of,
        max=SessionState.today,
        class_name="inp",
    )
    form = rx.form(
        field(t("shell.as_of.change"), day, control_id=day_id),
        rx.el.div(button(t("shell.as_of.show"), kind="pri", type="submit"), style={"marginTop": "10px"}),
        on_submit=SessionState.choose_day,
    )
    if in_form:
        return form
    trigger = rx.popover.trigger(
        rx.el.button(
            rx.el.span(t("shell.as_of"), class_name="v"),
            SessionState.as_of_label,
            icon("chevron-down", 14),
            type="button",
            class_name="btn",
        )
    )
    # Another key is another popover, closed: so it closes when the day has changed.
    return rx.popover.root(
        trigger, rx.popover.content(form, width="240px", aria_label=t("shell.as_of.change")), key=SessionState.as_of
    )


def _languages(**props: Any) -> rx.Component:
    choices = [(code, rx.el.span(name, lang=code)) for code, name in LANGUAGES.items()]
    return select(choices, SessionState.language, SessionState.choose_language, label=t("shell.language"), **props)


def _theme() -> rx.Component:
    dark = icon_button("moon", t("shell.theme.dark"), on_click=rx.toggle_color_mode)
    light = icon_button("sun", t("shell.theme.light"), on_click=rx.toggle_color_mode)
    return rx.color_mode_cond(light=dark, dark=light)


def _account() -> rx.Component:
    face = rx.el.button(
        SessionState.user_initials,
        type="button",
        aria_label=t("shell.user_menu"),
        title=SessionState.user_name,
        class_name="av btn-av",
    )
    content = rx.el.div(
        rx.el.div(
            rx.el.b(SessionState.user_name, class_name="b"), rx.el.div(SessionState.user_email, class_name="t2 f12")
        ),
        rx.el.div(
            *_figure_choices(in_form=True), _languages(in_form=True), _theme(), class_name="narrow-only account-choices"
        ),
        posted_form(
            button(t("shell.sign_out"), icon_name="log-out", type="submit", class_name="wide"),
            action=routes.POST_SIGN_OUT,
        ),
        class_name="account",
    )
    return rx.popover.root(
        rx.popover.trigger(face),
        rx.popover.content(content, width="260px", align="end", aria_label=t("shell.user_menu")),
    )
