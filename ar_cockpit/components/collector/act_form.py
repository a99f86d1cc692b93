"""What every form of the right pane is made of: its fields, its foot with the one button, the words that were said."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit.components.controls import button, icon
from ar_cockpit.components.forms import field, hidden, text_area
from ar_cockpit.components.text import t
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.moving import SHOWN
from ar_cockpit.state.collector.rows import ContactLine
from ar_cockpit.state.collector.screen import CollectorState


def act_form(on_submit: Any, send: Any, *fields: rx.Component, icon_name: str = "check") -> rx.Component:
    """Return a form of the right pane; it starts empty with another customer or another act."""
    foot = rx.el.div(button(send, kind="pri", icon_name=icon_name, type="submit"), class_name="act-send row")
    return rx.el.form(
        hidden(SHOWN, CollectorActs.form_for),
        rx.el.div(*fields, class_name="act-form roomy"),
        foot,
        on_submit=on_submit,
        class_name="act-body",
        key=CollectorActs.form_key + CollectorActs.act,
    )


def shown_customer() -> rx.Component:
    """Return the hidden field of a dialog that says which customer it is about, should the screen move on meanwhile."""
    return hidden(SHOWN, CollectorState.current)


def words(label_key: str, *, rows: int = 4, **props: Any) -> rx.Component:
    """Return the field of what was said."""
    area = text_area(id="act-note", name="note", rows=rows, max_length=2000, **props)
    return field(t(label_key), area, control_id="act-note")


def selected_words() -> rx.Component:
    """Return how much is selected of what the customer owes."""
    total = rx.el.b(CollectorState.selection_total)
    return rx.el.p(CollectorState.selection_words, " ", total, class_name="f12")


def phone_line(contact: rx.Var[ContactLine]) -> rx.Component:
    """Return a contact's number, to be rung with a press."""
    name = rx.el.span(contact.name, class_name="t2 el")
    number = rx.el.a(icon("phone", 14), rx.el.b(contact.phone), name, href=contact.phone_href)
    return rx.cond(contact.phone != "", number, rx.fragment())
