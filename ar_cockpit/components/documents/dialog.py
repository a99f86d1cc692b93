"""The dialog: the versions of an invoice's document, a place to drop a new one, removal with a reason."""

from __future__ import annotations

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, button, icon, link_button
from ar_cockpit.components.dialogs import dialog
from ar_cockpit.components.forms import field, text_input
from ar_cockpit.components.layout import empty_state
from ar_cockpit.components.text import t
from ar_cockpit.state.display.documents import VersionLine
from ar_cockpit.state.documents.screen import DocumentsState

_WORDS = ("choose", "or_drop", "sending", "stop", "stopped", "lost", "too_large", "one_only", "not_pdf")


def _done(document: rx.Var[int], is_new: rx.Var[bool]) -> tuple[rx.Var[int], rx.Var[bool]]:
    return (document, is_new)


def _dropped(invoice: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (invoice,)


class FileZone(rx.Component):
    """The place to choose or drop a file, in ``assets/documents.js``: a PDF, unless ``kinds`` says more."""

    library = "$/public/documents.js"
    tag = "DropZone"
    invoice: rx.Var[str]
    address: rx.Var[str]
    kinds: rx.Var[str]
    accept: rx.Var[str]
    most: rx.Var[int]
    words: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[_done]


class _RowDrops(rx.Component):
    """The listener that lets a file be dropped on a row of a list."""

    library = "$/public/documents.js"
    tag = "RowDrops"
    on_dropped: rx.EventHandler[_dropped]


def document_dialog() -> rx.Component:
    """Return the dialog, shown while the state says so, and the listener for files dropped on rows: once a page."""
    nothing = empty_state("file-text", t("documents.empty"), t("documents.empty.text"), small=True)
    listed = rx.el.ul(rx.foreach(DocumentsState.versions, _version), class_name="doc-list")
    body = rx.el.div(
        rx.cond(DocumentsState.versions.length() > 0, listed, nothing),
        rx.cond(DocumentsState.may_change, _zone(), rx.fragment()),
        rx.el.div(button(t("shell.close"), on_click=DocumentsState.close), class_name="row end"),
        class_name="doc-dialog",
    )
    title = t("documents.of") + " " + DocumentsState.number
    shown = dialog(DocumentsState.invoice != "", lambda _open: DocumentsState.close, title, body, width="560px")
    return rx.fragment(shown, _RowDrops.create(on_dropped=DocumentsState.show))


def _zone() -> rx.Component:
    return FileZone.create(
        key=DocumentsState.invoice,
        invoice=DocumentsState.invoice,
        address=f"{routes.UPLOADS}/documents/",
        most=DocumentsState.most_mb,
        words={name: t(f"documents.zone.{name}") for name in _WORDS},
        on_done=DocumentsState.attached,
    )


def _version(one: rx.Var[VersionLine]) -> rx.Component:
    view = rx.el.a(
        icon("file-text", 15), rx.el.span(one.name, class_name="el"), href=one.href, target="_blank", rel="noopener"
    )
    save = link_button(t("documents.download"), href=one.download_href, size="sm", kind="ghost", is_download=True)
    remove = button(t("documents.remove"), size="sm", kind="danger ghost", on_click=DocumentsState.ask_removal(one.key))
    back = button(t("documents.bring_back"), size="sm", on_click=DocumentsState.bring_back(one.key))
    is_asked = DocumentsState.removing == one.key
    return rx.el.li(
        rx.el.div(rx.el.b(view, class_name="doc-name"), _state(one), class_name="row"),
        rx.el.div(one.about, class_name="t2 f12"),
        rx.cond(one.reason != "", rx.el.div(one.reason, class_name="f12 doc-why"), rx.fragment()),
        rx.cond(
            is_asked,
            _removal(),
            rx.el.div(
                save,
                rx.cond(one.may_remove, remove, rx.fragment()),
                rx.cond(one.may_bring_back, back, rx.fragment()),
                class_name="row doc-acts",
            ),
        ),
        class_name=one.kind,
    )


def _state(one: rx.Var[VersionLine]) -> rx.Component:
    quiet = rx.el.span(one.word, class_name="t2 f12 nw")
    return rx.match(one.kind, ("current", badge("ok", one.word)), ("removed", badge("watch", one.word, "x")), quiet)


def _removal() -> rx.Component:
    reason = text_input(
        id="removal-reason",
        name="reason",
        required=True,
        auto_focus=True,
        max_length=300,
        aria_describedby="removal-reason-error",
    )
    return rx.el.form(
        field(t("documents.reason"), reason, control_id="removal-reason", error=DocumentsState.removal_error),
        rx.el.div(
            button(t("documents.remove_it"), kind="danger", size="sm", type="submit"),
            button(t("shell.cancel"), kind="ghost", size="sm", on_click=DocumentsState.ask_removal("")),
            class_name="row",
        ),
        on_submit=DocumentsState.remove,
        class_name="doc-removal",
    )
