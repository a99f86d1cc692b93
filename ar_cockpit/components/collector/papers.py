"""Papers of the customer that is open: the statement, the letters that wait, and the address they go to."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, icon, link_button
from ar_cockpit.components.forms import field, text_area
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.papers import CollectorPapers, PaperLine, ShortLine
from ar_cockpit.state.frame.session import SessionState


def papers_line() -> rx.Component:
    """Return the line of papers for who works with the customer; the past is only looked at."""
    statement = link_button(
        t("papers.statement"),
        href=CollectorPapers.statement_href,
        size="sm",
        kind="ghost",
        icon_name="file-text",
        is_download=True,
    )
    edit = button(
        t("papers.edit_address"), size="sm", kind="ghost", icon_name="mail", on_click=CollectorPapers.ask_address(True)
    )
    shown = rx.el.div(
        rx.foreach(CollectorPapers.waiting, _letter),
        rx.foreach(CollectorPapers.short, _short),
        rx.cond(CollectorPapers.is_addressing, _address(), rx.el.div(statement, edit, class_name="row paper-acts")),
        class_name="papers",
    )
    works = may(Permission.WORK_CUSTOMERS) & (SessionState.as_of_banner == "")
    return rx.cond(works & (CollectorPapers.statement_href != ""), shown, rx.fragment())


def _letter(one: rx.Var[PaperLine]) -> rx.Component:
    # A tab of its own: a letter that turns out to ask for nothing any more must not take the place of the screen.
    view = rx.el.a(
        icon("printer", 15),
        t("papers.open_letter"),
        href=one.href,
        target="_blank",
        rel="noopener",
        class_name="btn sm",
    )
    problem = rx.el.div(icon("triangle-alert", 13), one.problem, class_name="f12 watch paper-problem")
    return rx.el.div(
        icon("mail-open", 15),
        rx.el.div(
            rx.el.b(t("papers.waits"), " ", one.title),
            rx.el.div(one.about, class_name="t2 f12"),
            rx.cond(one.problem != "", problem, rx.fragment()),
            class_name="who",
        ),
        rx.el.span(class_name="sp"),
        rx.cond(one.href != "", view, rx.fragment()),
        class_name="row paper",
        key=one.key,
    )


def _short(one: rx.Var[ShortLine]) -> rx.Component:
    send = rx.el.a(icon("message-square", 15), one.phone, href=one.href, class_name="btn sm")
    return rx.el.div(
        icon("message-square", 15),
        rx.el.div(
            rx.el.b(t("papers.short"), " ", one.title),
            rx.el.div(one.text, class_name="t2 f12", lang=one.language),
            class_name="who",
        ),
        rx.el.span(class_name="sp"),
        rx.cond(one.href != "", send, rx.fragment()),
        class_name="row paper",
        key=one.key,
    )


def _address() -> rx.Component:
    lines = text_area(
        id="postal-address",
        name="address",
        rows=4,
        default_value=CollectorPapers.address,
        auto_focus=True,
        auto_complete="off",
        aria_describedby="postal-address-error",
    )
    return rx.el.form(
        field(
            t("papers.address"),
            lines,
            control_id="postal-address",
            hint=t("papers.address_hint"),
            error=CollectorPapers.address_error,
        ),
        rx.el.div(
            button(t("papers.save_address"), kind="pri", size="sm", type="submit"),
            button(t("shell.cancel"), kind="ghost", size="sm", on_click=CollectorPapers.ask_address(False)),
            class_name="row",
        ),
        on_submit=CollectorPapers.save_address,
        class_name="paper-form",
    )
