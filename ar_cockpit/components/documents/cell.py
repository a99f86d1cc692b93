"""The cell of a list: the PDF, one press away, and the way to attach one."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import icon
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.documents.screen import DocumentsState

NOTHING = "–"


def document_cell(key: rx.Var[str], number: rx.Var[str], href: rx.Var[str]) -> rx.Component:
    """Return the PDF of an invoice as a link to a tab of its own; a file dropped on the row is attached to it."""
    link = rx.el.a(
        icon("paperclip", 13),
        t("documents.pdf"),
        href=href,
        target="_blank",
        rel="noopener",
        class_name="pdf",
        title=t("documents.view") + " " + number,
    )
    may_attach = may(Permission.WORK_CUSTOMERS)
    more = _press("ellipsis", t("documents.of") + " " + number, key)
    add = _press("file-plus", t("documents.attach_to") + " " + number, key)
    none = rx.cond(may_attach, add, rx.el.span(NOTHING, aria_label=t("documents.none"), role="img", class_name="t2"))
    return rx.el.span(
        rx.cond(href != "", rx.fragment(link, rx.cond(may_attach, more, rx.fragment())), none),
        class_name="doc-cell",
        custom_attrs={"data-drop-document": rx.cond(may_attach, key, "")},
    )


def _press(name: str, label: rx.Var[str], key: rx.Var[str]) -> rx.Component:
    # The title names the button, for the ear too.
    return rx.el.button(
        icon(name, 14),
        type="button",
        class_name="doc-press",
        title=label,
        on_click=DocumentsState.show(key),
    )
