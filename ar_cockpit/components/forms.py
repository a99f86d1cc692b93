"""Fields, selects, tabs and forms: real controls, each with a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex.vars import FunctionStringVar, VarData
from reflex_components_core.el.element import Element

from ar_cockpit.components.controls import classes, icon
from ar_cockpit.state.frame.session import SessionState

_PUT_INTO_ADDRESS = FunctionStringVar.create(
    "putIntoAddress",
    _var_data=VarData(
        hooks={"const putIntoAddress = useAddress()": None}, imports={"$/public/address.js": ["useAddress"]}
    ),
)


def field(label: Any, control: rx.Component, *, control_id: str, hint: Any = None, error: Any = None) -> rx.Component:
    """Return a labelled control; ``error`` (a Var, empty for none) is read out with it.

    Give the control ``id=control_id`` and, if it can be wrong, ``aria_describedby=f"{control_id}-error"``.
    """
    parts = [rx.el.label(label, html_for=control_id, class_name="fl"), control]
    if hint is not None:
        parts.append(rx.el.p(hint, class_name="fld-hint"))
    if error is not None:
        parts.append(error_line(error, id=f"{control_id}-error"))
    return rx.el.div(*parts, class_name="fld")


def error_line(words: Any, **props: Any) -> rx.Component:
    """Return why a form was refused, read out at once; nothing while ``words`` (a Var) are empty."""
    told = rx.el.p(icon("triangle-alert", 13), words, role="alert", class_name="fld-error", **props)
    return rx.cond(words, told, rx.fragment())


def text_input(**props: Any) -> rx.Component:
    """Return a one-line input; pass ``id``, ``name`` and what any input takes."""
    props["class_name"] = classes("inp", own=props.get("class_name", ""))
    return rx.el.input(**props)


def text_area(**props: Any) -> rx.Component:
    """Return an input of several lines."""
    props["class_name"] = classes("inp", own=props.get("class_name", ""))
    return rx.el.textarea(**props)


def select(
    choices: Any, value: Any, on_change: Any, *, label: Any, in_form: bool = False, **props: Any
) -> rx.Component:
    """Return a menu to choose one of ``choices``: a Var of ``Choice``, or (value, text) pairs; no value is empty."""
    if isinstance(choices, rx.Var):
        items = rx.foreach(choices, lambda choice: rx.select.item(choice.label, value=choice.value))
    else:
        items = rx.fragment(*(rx.select.item(text, value=key) for key, text in choices))
    props["class_name"] = classes("in-form" if in_form else "", own=props.get("class_name", ""))
    trigger = rx.select.trigger(aria_label=label, **props)
    return rx.select.root(trigger, rx.select.content(items, position="popper"), value=value, on_change=on_change)


def choice_field(
    label: Any,
    choices: Any,
    value: Any,
    on_change: Any,
    *,
    control_id: str,
    hint: Any = None,
    error: Any = None,
    **props: Any,
) -> rx.Component:
    """Return a labelled menu of a form; see :func:`select` and :func:`field`."""
    menu = select(choices, value, on_change, label=label, in_form=True, id=control_id, **props)
    return field(label, menu, control_id=control_id, hint=hint, error=error)


def tabs(
    choices: Sequence[tuple[Any, ...]],
    value: Any,
    on_change: Any,
    *,
    label: Any,
    underlined: bool = False,
    panels: Sequence[rx.Component] = (),
) -> rx.Component:
    """Return Radix tabs as pills (or underlined) for (value, text[, count]); ``panels`` in the same order, if any.

    For tabs kept in the address: ``tabs(choices, *param("tab", "open"), label=...)``; the page then draws what is
    chosen wherever it likes. A choice without a panel gets an empty one, which the tab must name.
    """
    triggers = [
        rx.tabs.trigger(text, *(rx.el.span(number, class_name="tabs-count") for number in counts), value=key)
        for key, text, *counts in choices
    ]
    row = rx.tabs.list(*triggers, aria_label=label, class_name="" if underlined else "pills")
    shown = [
        rx.tabs.content(panel, value=choice[0], **({} if panels else {"tab_index": -1, "class_name": "sr"}))
        for choice, panel in zip(choices, panels or [rx.fragment() for _ in choices], strict=True)
    ]
    return rx.tabs.root(row, *shown, value=value, on_change=on_change, activation_mode="manual", class_name="tabs-root")


def param(name: str, default: str = "") -> tuple[Any, Any]:
    """Return the value of an address parameter and what changes it, for selects and tabs."""
    given = SessionState.params[name]
    return rx.cond(given, given, default), to_address(name, default)


def to_address(name: str, default: str = "", chosen: str | None = None) -> Any:
    """Return what puts a choice, or always ``chosen``, into the address; the page then loads as from a bookmark."""
    given = () if chosen is None else (chosen,)
    return _PUT_INTO_ADDRESS.partial(name, default, *given)


def checkbox(label: Any, **props: Any) -> rx.Component:
    """Return a real Radix checkbox with a target of 24 px; ``label`` is read out, not shown."""
    return rx.checkbox(aria_label=label, size="1", **props)


class _PostedForm(Element):
    """A form the browser itself posts; Reflex's own would keep that from happening."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    enc_type: rx.Var[str]


def posted_form(*children: Any, action: str, is_upload: bool = False, **props: Any) -> rx.Component:
    """Return a form that the browser posts to ``action``, a route of ``ar_cockpit.api``, without any script."""
    encoding = "multipart/form-data" if is_upload else "application/x-www-form-urlencoded"
    return _PostedForm.create(*children, action=action, method="post", enc_type=encoding, **props)


def hidden(name: str, value: Any) -> rx.Component:
    """Return a hidden input of a posted form."""
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)
