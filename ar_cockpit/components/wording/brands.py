"""The page of brands: what is set at the left, a mail in that look at the right."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.chosen_file import chosen_file
from ar_cockpit.components.controls import badge, button
from ar_cockpit.components.forms import checkbox, error_line, field, select, tabs
from ar_cockpit.components.layout import card, card_head, note, skeleton_block
from ar_cockpit.components.text import t
from ar_cockpit.components.typed import typed
from ar_cockpit.components.wording.foreign import LeaveGuard
from ar_cockpit.components.wording.preview import mail_heads, mail_sheet
from ar_cockpit.state.wording.brands import BrandsState as State

_LOGO_WORDS = ("choose", "size", "unread")


def actions() -> list[rx.Component]:
    """Return what is done with settings that are not saved."""
    unsaved = rx.cond(State.is_dirty, badge("info", t("brands.unsaved"), "pencil"), rx.fragment())
    discard = button(t("brands.discard"), disabled=~State.is_dirty, on_click=State.discard)
    save = button(t("brands.save"), kind="pri", icon_name="check", disabled=~State.is_dirty, on_click=State.save)
    return [unsaved, discard, save]


def settings() -> rx.Component:
    """Return everything that can be set about a company's mails."""
    whose = select(State.owners, State.owner, State.choose_owner, label=t("brands.company"), class_name="plain")
    form = rx.el.div(
        _look(),
        rx.el.h3(t("brands.paying")),
        _two(_word("iban", hint=t("brands.iban.hint")), _word("bic")),
        _qr(),
        rx.el.h3(t("brands.sender")),
        _two(_word("sender_name"), _word("sender_address", type="email")),
        _two(_word("reply_to", type="email", hint=t("brands.reply_to.hint")), _word("phone", type="tel")),
        rx.el.h3(t("brands.foot")),
        _word("address"),
        _small_print(),
        class_name="brd-form",
    )
    head = card_head(t("brands.heading"), None, rx.cond(State.owners.length() > 1, whose, rx.fragment()))
    return card(head, rx.cond(State.is_loaded, form, skeleton_block(480)), LeaveGuard.create(active=State.is_dirty))


def preview() -> rx.Component:
    """Return a reminder to an invented customer in this look."""
    widths = tabs(
        (("wide", t("templates.wide")), ("narrow", t("templates.narrow"))),
        State.width,
        State.choose_width,
        label=t("templates.width"),
    )
    sheet = mail_sheet(State.html, title=t("templates.preview"), is_narrow=State.width == "narrow")
    stale = note("watch", t("brands.preview.stale"), icon_name="triangle-alert")
    return card(
        card_head(t("templates.preview"), None, widths),
        rx.el.div(
            rx.cond(State.problems.length() > 0, stale, note("info", t("templates.sample"))),
            mail_heads(State.recipient, State.shown_subject),
            rx.cond(State.is_loaded, sheet, skeleton_block(420)),
            class_name="tpl-preview",
        ),
        class_name="stays",
    )


def _look() -> rx.Component:
    shown = rx.cond(
        State.logo_address != "",
        rx.el.img(src=State.logo_address, alt=t("brands.logo.shown")),
        rx.el.span(t("brands.logo.none"), class_name="t2 f12"),
    )
    words = {name: t(f"brands.logo.{name}") for name in _LOGO_WORDS}
    choose = chosen_file("image/png,image/jpeg", State.most_bytes, words, State.take_logo)
    drop = button(t("brands.logo.drop"), kind="ghost", on_click=State.drop_logo)
    logo = rx.el.div(
        rx.el.span(t("brands.logo"), class_name="fl"),
        rx.el.div(
            rx.el.div(shown, class_name="logo-shown"),
            choose,
            rx.cond(State.logo != "", drop, rx.fragment()),
            class_name="logo-row",
        ),
        rx.el.p(t("brands.logo.hint"), class_name="fld-hint"),
        error_line(State.problems["logo"]),
        class_name="fld",
    )
    return rx.fragment(logo, _two(_colour(), rx.fragment()), _signature())


def _colour() -> rx.Component:
    drawn = typed(
        "input",
        State.values["accent"],
        lambda value: State.write("accent", value),
        id="brand-accent-drawn",
        type="color",
        **{"aria-label": t("brands.accent.pick")},
    )
    return field(
        t("brands.accent"),
        rx.el.div(drawn, _box("accent", maxLength=7), class_name="colour"),
        control_id="brand-accent",
        hint=t("brands.accent.hint"),
        error=State.problems["accent"],
    )


def _signature() -> rx.Component:
    return field(
        t("brands.signature"),
        _box("signature", "textarea", rows=3),
        control_id="brand-signature",
        hint=t("brands.signature.hint"),
        error=State.problems["signature"],
    )


def _word(name: str, *, hint: Any = None, type: str = "text") -> rx.Component:  # noqa: A002 (the input's own name)
    box = _box(name, type=type)
    return field(t(f"brands.{name}"), box, control_id=f"brand-{name}", hint=hint, error=State.problems[name])


def _box(name: str, kind: str = "input", **attributes: Any) -> rx.Component:
    wrong = {
        "aria-invalid": rx.cond(State.problems[name], "true", "false"),
        "aria-describedby": f"brand-{name}-error",
    }
    return typed(
        kind,
        State.values[name],
        lambda value: State.write(name, value),
        id=f"brand-{name}",
        **(attributes | wrong),
    )


def _qr() -> rx.Component:
    line = rx.el.label(
        checkbox(t("brands.shows_qr"), checked=State.shows_qr, on_change=State.choose_qr),
        t("brands.shows_qr"),
        class_name="check-line",
    )
    return rx.el.div(
        line,
        rx.el.p(t("brands.shows_qr.hint"), class_name="fld-hint"),
        error_line(State.problems["shows_qr"]),
        class_name="fld",
    )


def _small_print() -> rx.Component:
    tongue = select(
        State.languages,
        State.small_print_language,
        State.choose_small_print,
        label=t("brands.small_print.language"),
        in_form=True,
    )
    written = typed(
        "textarea",
        State.small_print[State.small_print_language],
        State.write_small_print,
        id="brand-legal",
        rows=4,
        lang=State.small_print_language,
        **{"aria-describedby": "brand-legal-error"},
    )
    text = field(
        t("brands.small_print"),
        written,
        control_id="brand-legal",
        hint=t("brands.small_print.hint"),
        error=State.problems["legal"],
    )
    return rx.fragment(tongue, text)


def _two(*parts: rx.Component) -> rx.Component:
    return rx.el.div(*parts, class_name="two")
