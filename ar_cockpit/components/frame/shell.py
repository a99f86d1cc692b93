"""The frame around every screen: rail, top bar, notices, and what is said when the line is lost."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import icon, icon_button, link, named_icon
from ar_cockpit.components.frame.keys import focus_keys
from ar_cockpit.components.frame.line import line_state
from ar_cockpit.components.frame.spoken import spoken
from ar_cockpit.components.frame.top_bar import mark, top_bar
from ar_cockpit.components.layout import empty_state
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.frame.session import Notice, SessionState

_PLACES = 5  # that a thumb can tell apart at the foot of a phone


def page_frame(
    route: str,
    *body: Any,
    permission: Permission,
    mini: bool = False,
    padded: bool = True,
    banner: rx.Component | None = None,
) -> rx.Component:
    """Return a whole screen: ``body`` inside the shell, for those who hold ``permission``.

    ``route`` marks the rail's entry; ``mini`` narrows the rail to icons; ``padded=False`` gives panes the whole width;
    ``banner`` stands above the body, whatever that is.
    Start the body with ``page_head(...)``, whose title is the page's only ``h1``.
    """
    forbidden = (SessionState.user_email != "") & ~SessionState.permissions.contains(permission.value)
    refusal = empty_state("hand", t("shell.forbidden"), t("shell.forbidden.mend"), is_page=True)
    content = rx.el.main(
        rx.cond(forbidden, refusal, rx.fragment(*body)),
        id="content",
        tab_index=-1,
        class_name="content pad" if padded else "content",
    )
    above = (line_state(), _as_of_banner(), banner or rx.fragment())
    return rx.el.div(
        rx.el.a(t("shell.skip"), href="#content", class_name="btn skip"),
        rx.el.div(
            _rail(route),
            rx.el.div(top_bar(), rx.el.div(*above), content, class_name="main"),
            class_name="app mini" if mini else "app",
        ),
        _bottom_bar(route),
        _notices(),
        spoken(),
        focus_keys({"/": "search"}, {"u": "[data-undo]"}),
        lang=SessionState.language,
    )


def _rail(route: str) -> rx.Component:
    def entry(item: Any) -> rx.Component:
        words_above = rx.fragment(rx.el.div(class_name="rule"), rx.el.div(t(item.section), class_name="sec"))
        head = rx.cond(item.starts_section, words_above, rx.fragment())
        is_here = item.route == route
        words = rx.el.span(t(item.label), class_name="word")
        anchor = link(
            named_icon(item.icon),
            words,
            href=item.href,
            title=t(item.label),
            class_name=rx.cond(is_here, "on", ""),
            aria_current=rx.cond(is_here, "page", "false"),
        )
        return rx.fragment(head, anchor)

    brand = rx.el.div(mark(), rx.el.span(t("shell.product"), class_name="word"), class_name="brand")
    return rx.el.nav(brand, rx.foreach(SessionState.nav, entry), class_name="rail", aria_label=t("shell.navigation"))


def _bottom_bar(route: str) -> rx.Component:
    def entry(item: Any) -> rx.Component:
        is_here = item.route == route
        return link(
            named_icon(item.icon, 20),
            rx.el.span(t(item.label)),
            href=item.href,
            class_name=rx.cond(is_here, "on", ""),
            aria_current=rx.cond(is_here, "page", "false"),
        )

    def first(item: Any, place: Any) -> rx.Component:
        return rx.cond((place < _PLACES - 1) | fits, entry(item), rx.fragment())

    def later(item: Any, place: Any) -> rx.Component:
        return rx.cond(place < _PLACES - 1, rx.fragment(), entry(item))

    fits = SessionState.nav.length() <= _PLACES
    more = rx.el.details(
        rx.el.summary(icon("menu", 20), rx.el.span(t("shell.navigation.more"))),
        rx.el.div(rx.foreach(SessionState.nav, later), class_name="more"),
    )
    return rx.el.nav(
        rx.foreach(SessionState.nav, first),
        rx.cond(fits, rx.fragment(), more),
        class_name="bottom",
        aria_label=t("shell.navigation.phone"),
    )


def _as_of_banner() -> rx.Component:
    banner = rx.el.div(
        icon("calendar-clock", 15),
        rx.el.b(SessionState.as_of_banner),
        rx.el.span(class_name="sp"),
        rx.el.button(
            t("shell.as_of.today"),
            type="button",
            on_click=SessionState.set_param(routes.AS_OF_PARAM, ""),
            class_name="btn sm",
        ),
        class_name="asof-bar",
        role="status",
    )
    return rx.cond(SessionState.as_of_banner != "", banner, rx.fragment())


def _notices() -> rx.Component:
    listed = rx.foreach(SessionState.notices, _notice)
    return rx.el.section(listed, class_name="notices", aria_label=t("shell.notices"), aria_live="polite")


def _notice(notice: rx.Var[Notice]) -> rx.Component:
    marks = {"ok": "check", "info": "info", "watch": "triangle-alert", "bad": "octagon-alert"}
    undo = rx.el.button(
        t("shell.undo"),
        type="button",
        on_click=SessionState.undo(notice.key),
        class_name="btn sm",
        custom_attrs={"data-undo": "1"},
    )
    return rx.el.div(
        rx.match(notice.kind, *((kind, icon(name)) for kind, name in marks.items()), rx.fragment()),
        rx.el.div(notice.text, rx.cond(notice.mend != "", rx.el.div(notice.mend, class_name="mend")), class_name="in"),
        rx.cond(notice.can_undo, undo, rx.fragment()),
        icon_button("x", t("shell.close"), size="sm", on_click=SessionState.close_notice(notice.key)),
        key=notice.key.to_string(),
        class_name=rx.Var.create("toast k-") + notice.kind + rx.cond(notice.kind == "bad", "", " leaves"),
        role=rx.cond(notice.kind == "bad", "alert", "status"),
    )
