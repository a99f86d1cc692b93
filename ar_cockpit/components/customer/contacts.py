"""Whom to talk to: name, role, language, phone with the time there; added, changed, marked as left."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon, icon_button
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import checkbox, choice_field, error_line, field, text_input
from ar_cockpit.components.text import t
from ar_cockpit.domain.customers.contacts import ROLES
from ar_cockpit.state.collector.rows import ContactLine
from ar_cockpit.state.customer.contacts import LANGUAGES, ContactForm


def contact_list(state: Any) -> rx.Component:
    """Return the contacts of the record that ``state`` shows, with what may be done with them."""
    nobody = rx.el.div(icon("user", 15), t("collector.no_contact"), class_name="rec-contact t2")
    listed = rx.foreach(state.contacts, lambda contact: _contact(state, contact))
    add = button(t("record.contact.add"), size="sm", icon_name="plus", on_click=ContactForm.ask_contact("new"))
    words = rx.cond(ContactForm.shows_left, t("record.contact.hide_left"), t("record.contact.show_left"))
    show = button(words, size="sm", kind="ghost", on_click=ContactForm.show_left)
    foot = rx.el.div(
        rx.cond(ContactForm.may_work, add, rx.fragment()),
        rx.cond(ContactForm.left.length() > 0, show, rx.fragment()),
        class_name="row contact-foot",
    )
    gone = rx.cond(ContactForm.shows_left, rx.foreach(ContactForm.left, _gone), rx.fragment())
    return rx.fragment(
        rx.cond(state.contacts.length() > 0, rx.fragment(listed), nobody),
        gone,
        rx.cond(ContactForm.may_work | (ContactForm.left.length() > 0), foot, rx.fragment()),
    )


def _contact(state: Any, contact: rx.Var[ContactLine]) -> rx.Component:
    bounced = rx.el.span(icon("mail-x", 13), t("collector.bounced"), class_name="bad b f12")
    quiet = rx.el.span(icon("bell-off", 13), t("record.contact.no_reminders"), class_name="t2 f12")
    call = rx.el.a(icon("phone", 13), t("collector.call"), href=contact.phone_href, class_name="btn sm")
    edit = icon_button(
        "pencil",
        t("record.contact.edit") + " " + contact.name,
        size="sm",
        on_click=ContactForm.ask_contact(contact.key),
    )
    return rx.el.div(
        rx.el.span(contact.initials, class_name="av", aria_hidden="true"),
        rx.el.div(
            rx.el.b(contact.name),
            " ",
            rx.el.span(contact.about, class_name="t2"),
            rx.el.div(
                contact.email,
                rx.cond(contact.has_bounced, bounced, rx.fragment()),
                rx.cond(contact.gets_reminders, rx.fragment(), quiet),
                class_name="t2 f12 el",
            ),
            class_name="who",
        ),
        rx.el.span(class_name="sp"),
        rx.cond(
            contact.phone != "",
            rx.fragment(
                rx.el.div(
                    rx.el.b(contact.phone), rx.el.div(state.record.local_time, class_name="t2 f12"), class_name="num"
                ),
                call,
            ),
            rx.fragment(),
        ),
        rx.cond(ContactForm.may_work, edit, rx.fragment()),
        class_name="rec-contact",
    )


def _gone(contact: rx.Var[ContactLine]) -> rx.Component:
    back = button(t("record.contact.back"), size="sm", on_click=ContactForm.contact_back(contact.key))
    return rx.el.div(
        rx.el.span(contact.initials, class_name="av", aria_hidden="true"),
        rx.el.div(
            rx.el.b(contact.name),
            " ",
            rx.el.span(contact.about, class_name="t2"),
            rx.el.div(t("record.contact.left_on"), " ", contact.left, class_name="t2 f12"),
            class_name="who",
        ),
        rx.el.span(class_name="sp"),
        rx.cond(ContactForm.may_work, back, rx.fragment()),
        class_name="rec-contact gone",
    )


def contact_dialog() -> rx.Component:
    """Return the form of one contact: once a page."""
    form = ContactForm
    left = button(t("record.contact.left"), kind="danger", on_click=form.contact_left(form.editing))
    roles = [(role, t(f"role.{role}")) for role in ROLES]
    languages = [("-", t("record.contact.any_language")), *((code, t(f"language.{code}")) for code in LANGUAGES)]
    body = rx.el.form(
        _words("name", t("record.contact.name"), form.draft_name, auto_focus=True),
        _words("email", t("record.contact.email"), form.draft_email, type="email"),
        _words("phone", t("record.contact.phone"), form.draft_phone, type="tel"),
        rx.el.div(
            _choice("role", t("record.contact.role"), roles, form.draft_role),
            _choice("language", t("record.contact.language"), languages, form.draft_language),
            class_name="g2",
        ),
        _tick("primary", t("record.contact.primary"), form.draft_primary),
        _tick("reminders", t("record.contact.reminders"), form.draft_reminders),
        error_line(form.contact_error),
        rx.el.div(
            rx.cond(form.editing == "new", rx.fragment(), left),
            rx.el.span(class_name="sp"),
            button(t("shell.cancel"), on_click=form.ask_contact("")),
            button(t("record.contact.save"), kind="pri", type="submit"),
            class_name="row end",
        ),
        on_submit=form.save_contact,
        class_name="dialog-form",
        key=form.editing,
        no_validate=True,
    )
    title = rx.cond(form.editing == "new", t("record.contact.new"), t("record.contact.edit"))
    return dialog(form.editing != "", lambda _open: form.ask_contact(""), title, body, width="480px")


def _words(name: str, label: Any, value: Any, **props: Any) -> rx.Component:
    control = text_input(
        id=f"contact-{name}", name=name, default_value=value, max_length=200, auto_complete="off", **props
    )
    return field(label, control, control_id=f"contact-{name}")


def _choice(name: str, label: Any, choices: list[tuple[str, Any]], value: Any) -> rx.Component:
    return choice_field(
        label,
        choices,
        value,
        lambda chosen: ContactForm.choose_contact(name, chosen),
        control_id=f"contact-{name}",
    )


def _tick(name: str, label: Any, value: Any) -> rx.Component:
    box = checkbox(label, checked=value, on_change=lambda is_on: ContactForm.tick_contact(name, is_on))
    return rx.el.div(box, rx.el.span(label, aria_hidden="true"), class_name="row tick-line")
