"""The mail tab: template, language, words, the mail as it will go, what to know before it goes, and the button."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button, icon, key_cap
from ar_cockpit.components.dialogs import confirm_dialog
from ar_cockpit.components.forms import checkbox, choice_field, field, select, text_input
from ar_cockpit.components.frame.keys import key_commands
from ar_cockpit.components.layout import note
from ar_cockpit.components.mail_frame import mail_frame
from ar_cockpit.components.text import t
from ar_cockpit.components.typed import typed
from ar_cockpit.state.collector.mail import CollectorMail


def mail_form() -> rx.Component:
    """Return the mail that is being written."""
    problem = note("watch", CollectorMail.mail_error, icon_name="triangle-alert")
    return rx.el.div(
        rx.el.div(_choices(), rx.cond(CollectorMail.mail_error != "", problem, _words()), class_name="act-form"),
        _foot(),
        _confirmation(),
        key_commands(["ctrl+Enter"], CollectorMail.on_send_key),
        class_name="act-body",
    )


def _choices() -> rx.Component:
    return rx.el.div(
        choice_field(
            t("collector.mail.template"),
            CollectorMail.templates,
            CollectorMail.template,
            CollectorMail.choose_template,
            control_id="mail-template",
        ),
        choice_field(
            t("collector.mail.language"),
            CollectorMail.mail_languages,
            CollectorMail.mail_language,
            CollectorMail.choose_mail_language,
            control_id="mail-language",
        ),
        class_name="g2",
    )


def _words() -> rx.Component:
    subject = typed("input", CollectorMail.subject, CollectorMail.write_subject, id="mail-subject", maxLength=200)
    body = typed("textarea", CollectorMail.body, CollectorMail.write_body, id="mail-body", rows=4)
    sheet = mail_frame(CollectorMail.html, t("collector.mail.preview"), "sheet")
    attach = rx.el.fieldset(
        rx.el.legend(t("papers.attach"), class_name="fl"),
        _attachment("statement", CollectorMail.attach_statement),
        _attachment("invoices", CollectorMail.attach_invoices),
        class_name="row mail-attach",
    )
    return rx.fragment(
        rx.el.div(
            rx.el.span(t("collector.mail.to"), class_name="t2"),
            rx.el.span(CollectorMail.recipient, class_name="to-chip el"),
            rx.cond(CollectorMail.mail_contacts.length() > 2, _other_contact(), rx.fragment()),
            class_name="mail-to",
        ),
        field(t("collector.mail.subject"), subject, control_id="mail-subject"),
        field(t("collector.mail.body"), body, control_id="mail-body"),
        attach,
        rx.el.div(
            rx.el.span(t("collector.mail.preview"), class_name="fl"),
            rx.el.div(sheet, class_name="sheet-frame"),
            class_name="sheet-box",
        ),
    )


def _other_contact() -> rx.Component:
    return select(
        CollectorMail.mail_contacts,
        CollectorMail.mail_contact,
        CollectorMail.choose_contact,
        label=t("collector.mail.contact"),
        class_name="small",
    )


def _attachment(what: str, is_chosen: rx.Var[bool]) -> rx.Component:
    words = t(f"papers.attach.{what}")
    box = checkbox(words, checked=is_chosen, on_change=lambda wanted: CollectorMail.attach(what, wanted))
    return rx.el.label(box, words)


def _foot() -> rx.Component:
    checks = rx.el.ul(
        rx.foreach(
            CollectorMail.checks,
            lambda words: rx.el.li(icon("info", 13, class_name="watch"), words),
        ),
        class_name="f12 checks",
    )
    fine = rx.el.p(icon("check", 13, class_name="ok"), t("check.fine"), class_name="f12 checks")
    send = button(
        t("collector.mail.send"),
        kind="pri",
        icon_name="send",
        disabled=~CollectorMail.can_send,
        on_click=CollectorMail.confirm,
    )
    later = text_input(
        id="mail-later",
        type="datetime-local",
        default_value=CollectorMail.later,
        key=CollectorMail.recipient,
        on_change=CollectorMail.choose_moment,
        aria_label=t("agreements.mail.when"),
        title=t("agreements.mail.when"),
    )
    when = rx.el.label(
        rx.el.span(t("agreements.mail.when"), class_name="t2 f12 nw"), later, class_name="row mail-later"
    )
    return rx.el.div(
        rx.cond(CollectorMail.checks.length() > 0, checks, rx.cond(CollectorMail.can_send, fine, rx.fragment())),
        when,
        rx.el.div(send, rx.el.span(key_cap("Ctrl"), key_cap("Enter"), class_name="row keys-hint"), class_name="row"),
        class_name="act-send",
    )


def _confirmation() -> rx.Component:
    return confirm_dialog(
        CollectorMail.is_confirming,
        t("collector.mail.confirm"),
        CollectorMail.consequences,
        t("collector.mail.send_now"),
        CollectorMail.send,
        CollectorMail.cancel,
    )
