"""The page of templates: the list, the editor with its fields and versions, the preview."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import badge, button, icon, link
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.forms import select, tabs
from ar_cockpit.components.layout import card, card_head, note, skeleton_block
from ar_cockpit.components.text import may, t
from ar_cockpit.components.typed import typed
from ar_cockpit.components.wording.foreign import FieldList, LeaveGuard
from ar_cockpit.components.wording.preview import mail_heads, mail_sheet, mail_text
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.wording.rows import CustomerItem, PlaceItem, TemplateItem, VersionItem
from ar_cockpit.state.wording.templates import TemplatesState as State

_INPUTS = {"subject": "words-subject", "before": "words-before", "after": "words-after"}


def template_list() -> rx.Component:
    """Return the templates, each with its languages and a mark where own words stand."""
    legend = rx.el.div(
        rx.el.span(rx.el.i(class_name="mk own"), t("templates.mark.own")),
        rx.el.span(rx.el.i(class_name="mk unsaved"), t("templates.mark.unsaved")),
        class_name="mark-legend t2 f12",
    )
    listed = rx.el.ul(rx.foreach(State.listed, _template), class_name="tpl-list")
    whose = select(State.owners, State.owner, State.choose_owner, label=t("templates.company"), in_form=True)
    choice = rx.cond(State.owners.length() > 1, rx.el.div(whose, class_name="tpl-owner"), rx.fragment())
    return card(card_head(t("templates.list")), choice, listed, legend, class_name="tpl-nav")


def _template(one: rx.Var[TemplateItem]) -> rx.Component:
    return rx.el.li(
        rx.el.span(one.label, class_name="b"),
        rx.el.span(rx.foreach(one.places, _place), class_name="langs"),
        class_name=rx.cond(one.is_here, "on", ""),
        key=one.key,
    )


def _place(one: rx.Var[PlaceItem]) -> rx.Component:
    return link(
        one.code,
        rx.cond(one.mark != "", rx.el.i(class_name=rx.Var.create("mk ") + one.mark), rx.fragment()),
        href=one.href,
        class_name=rx.cond(one.is_here, "lang on", "lang"),
        aria_label=one.label,
        title=one.label,
        aria_current=rx.cond(one.is_here, "true", "false"),
    )


def actions() -> list[rx.Component]:
    """Return what is done with words that are not saved."""
    discard = button(t("templates.discard"), disabled=~State.is_dirty, on_click=State.discard)
    save = button(t("templates.save"), kind="pri", icon_name="check", disabled=~State.is_dirty, on_click=State.save)
    unsaved = rx.cond(State.is_dirty, badge("info", t("templates.unsaved"), "pencil"), rx.fragment())
    return [unsaved, discard, save]


def editor() -> rx.Component:
    """Return the three parts of the words, what may be named in them, and their versions."""
    fields = FieldList.create(
        fields=State.field_list, inputs=list(_INPUTS.values()), usual=_INPUTS["before"], label=t("templates.fields")
    )
    about = rx.el.details(
        rx.el.summary(t("templates.fields")),
        rx.el.p(t("templates.fields.text"), class_name="t2 f12"),
        fields,
        open=True,
    )
    return card(
        card_head(State.title),
        rx.el.div(
            rx.cond(State.template == "formal_notice", note("info", t("templates.formal")), rx.fragment()),
            _part("subject", State.subject, State.subject_wrong, rows=2),
            _part("before", State.before, State.before_wrong, rows=7),
            _part("after", State.after, State.after_wrong, rows=6),
            about,
            _versions(),
            class_name="tpl-form",
        ),
        LeaveGuard.create(active=State.is_dirty),
        _question(),
    )


def _part(name: str, value: rx.Var[str], wrong: rx.Var[list[str]], rows: int) -> rx.Component:
    place = _INPUTS[name]
    box = typed(
        "textarea",
        value,
        lambda words: State.write(name, words),
        id=place,
        rows=rows,
        lang=State.words_language,
        spellCheck="true",
        **{"aria-invalid": rx.cond(wrong.length() > 0, "true", "false"), "aria-describedby": f"{place}-error"},
    )
    lines = rx.foreach(wrong, lambda line: rx.el.p(icon("triangle-alert", 13), line, class_name="fld-error"))
    return rx.el.div(
        rx.el.label(t(f"templates.part.{name}"), html_for=place, class_name="fl"),
        box,
        rx.el.div(lines, id=f"{place}-error", role="status"),
        class_name="fld",
    )


def _versions() -> rx.Component:
    listed = rx.el.ul(rx.foreach(State.versions, _version), class_name="versions")
    return rx.el.section(rx.el.h3(t("templates.versions"), class_name="fl"), listed)


def _version(one: rx.Var[VersionItem]) -> rx.Component:
    again = button(
        t("templates.restore"),
        size="sm",
        aria_label=t("templates.restore") + " " + one.title,
        on_click=State.ask_restore(one.number),
    )
    in_force = rx.el.span(t("templates.in_force"), class_name="t2 f12 nw")
    return rx.el.li(
        rx.el.span(rx.el.span(one.title, class_name="b"), rx.el.span(one.about, class_name="t2 f12 el")),
        rx.cond(one.is_in_force, in_force, again),
        key=one.number.to_string(),
    )


def _question() -> rx.Component:
    return confirm_dialog(
        State.restoring >= 0,
        t("templates.restore.title"),
        State.restoring_words,
        t("templates.restore.it"),
        State.restore,
        State.ask_restore(-1),
    )


def preview() -> rx.Component:
    """Return the message as it would go to the customer that was chosen, or to an invented one."""
    widths = tabs(
        (("wide", t("templates.wide")), ("narrow", t("templates.narrow"))),
        State.width,
        State.choose_width,
        label=t("templates.width"),
    )
    parts = tabs(
        (("html", t("templates.html")), ("text", t("templates.text"))),
        State.part,
        State.choose_part,
        label=t("templates.parts"),
    )
    tongue = select(
        State.languages,
        State.words_language,
        State.choose_language_of_words,
        label=t("templates.language"),
        class_name="plain",
    )
    sheet = mail_sheet(State.html, title=t("templates.preview"), is_narrow=State.width == "narrow")
    refused = note("watch", State.preview_refusal, icon_name="triangle-alert")
    shown = rx.fragment(
        mail_heads(State.recipient, State.shown_subject), rx.cond(State.part == "text", mail_text(State.text), sheet)
    )
    return card(
        card_head(t("templates.preview"), None, tongue),
        rx.el.div(
            rx.cond(may(Permission.VIEW_CUSTOMERS), _customer(), rx.fragment()),
            rx.cond(State.is_sample, note("info", t("templates.sample")), rx.fragment()),
            rx.el.div(
                parts,
                rx.el.span(class_name="sp"),
                rx.cond(State.part == "html", widths, rx.fragment()),
                class_name="row",
            ),
            rx.cond(State.preview_refusal != "", refused, rx.cond(State.is_loaded, shown, skeleton_block(320))),
            class_name="tpl-preview",
        ),
        class_name="stays",
    )


def _customer() -> rx.Component:
    box = rx.el.input(
        id="preview-customer",
        type="search",
        placeholder=t("templates.preview.find"),
        aria_label=t("templates.preview.find"),
        auto_complete="off",
        on_change=State.search_customer.debounce(300),
        class_name="inp",
    )
    hits = rx.el.ul(rx.foreach(State.found, _hit), class_name="cust-hits")
    return rx.el.div(
        rx.el.p(
            rx.el.span(t("templates.preview.for"), class_name="t2"), " ", rx.el.b(State.customer), class_name="f12 el"
        ),
        box,
        rx.cond(State.found.length() > 0, hits, rx.fragment()),
        rx.cond(State.nothing_found != "", rx.el.p(State.nothing_found, class_name="t2 f12"), rx.fragment()),
        class_name="cust-choice",
    )


def _hit(one: rx.Var[CustomerItem]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.b(one.name, class_name="el"),
            rx.el.span(one.note, class_name="t2 f12"),
            type="button",
            on_click=State.choose_customer(one.code),
        ),
        key=one.code,
    )
