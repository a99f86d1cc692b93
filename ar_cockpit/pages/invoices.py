"""Documents: the list that every figure leads to."""

from __future__ import annotations

from typing import Any

import reflex as rx

from ar_cockpit import routes
from ar_cockpit.components.controls import badge, link
from ar_cockpit.components.documents.cell import document_cell
from ar_cockpit.components.documents.dialog import document_dialog
from ar_cockpit.components.forms import param, select, tabs
from ar_cockpit.components.frame.shell import page_frame
from ar_cockpit.components.layout import card, empty_state, page_head, skeleton_rows
from ar_cockpit.components.lists import converted_parts, filters_in_force, list_search, wanted_exports
from ar_cockpit.components.tables import Column, data_table, pager
from ar_cockpit.components.text import t
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.figures.ageing import BUCKET_KEYS
from ar_cockpit.domain.figures.listing import PAID, Show
from ar_cockpit.state.frame.session import SessionState
from ar_cockpit.state.lists.invoices import InvoiceItem, InvoicesState

_ANY = "*"  # a Radix item may not have an empty value


@rx.page(route=routes.INVOICES, title=t("invoices.title"), on_load=InvoicesState.load)
def invoices() -> rx.Component:
    """Draw the list with its filters, its sums and its exports."""
    listed = data_table(
        _columns(),
        InvoicesState.items,
        caption=t("invoices.title"),
        empty=empty_state("file-text", t("invoices.none"), t("invoices.none.text"), _clear(), small=True),
    )
    return page_frame(
        routes.INVOICES,
        page_head(t("invoices.title"), SessionState.as_of_label, wanted_exports(InvoicesState)),
        card(
            rx.el.div(
                _shown(), rx.el.span(class_name="sp"), _age(), list_search(InvoicesState), class_name="list-head"
            ),
            filters_in_force(InvoicesState.filters),
            rx.cond(InvoicesState.is_loaded, listed, skeleton_rows(12)),
            converted_parts(InvoicesState.parts),
            pager(InvoicesState.page, InvoicesState.pages, InvoicesState.sums),
        ),
        document_dialog(),
        permission=Permission.VIEW_CUSTOMERS,
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("number", t("invoices.number"), sortable=True, strong=True, cell=_number),
        Column("document_href", t("documents.column"), cell=_document),
        Column("customer", t("invoices.customer"), sortable=True, cell=_customer),
        Column("invoice_on", t("invoices.invoice_on"), sortable=True, wide=True),
        Column("due_on", t("invoices.due_on"), sortable=True, wide=True),
        Column("state", t("invoices.state"), cell=_state, wide=True),
        Column("amount", _in_currency("invoices.amount"), numeric=True, sortable=True, wide=True),
        Column(
            "open",
            rx.cond(InvoicesState.is_paid, _in_currency("invoices.paid"), _in_currency("invoices.open")),
            numeric=True,
            sortable=True,
        ),
        Column("expected", t("invoices.expected"), sortable=True, wide=True, note=t("foreseen.invoice.note")),
        Column("collector", t("invoices.collector"), wide=True),
    )


def _number(item: rx.Var[InvoiceItem]) -> rx.Component:
    note = rx.el.span(t("invoices.credit_note"), class_name="cc")
    return rx.fragment(item.number, rx.cond(item.kind == "credit_note", note, rx.fragment()))


def _document(item: rx.Var[InvoiceItem]) -> rx.Component:
    return document_cell(item.key, item.number, item.document_href)


def _customer(item: rx.Var[InvoiceItem]) -> rx.Component:
    return rx.fragment(
        link(item.customer, href=item.customer_href, class_name="lnk"), rx.el.span(item.company, class_name="cc")
    )


def _state(item: rx.Var[InvoiceItem]) -> rx.Component:
    quiet = rx.el.span(item.state, class_name="t2")
    return rx.cond(item.state_kind == "", quiet, badge(item.state_kind, item.state))


def _shown() -> rx.Component:
    choices = [(show.value, t(f"invoices.show.{show.value}")) for show in Show if show not in PAID]
    return tabs(choices, InvoicesState.show, InvoicesState.choose, label=t("invoices.show"))


def _age() -> rx.Component:
    value, choose = param("bucket", _ANY)
    choices = [(_ANY, t("invoices.any_age")), *((key, t(f"shell.ageing.{key}")) for key in BUCKET_KEYS)]
    return select(choices, value, choose, label=t("invoices.age"))


def _clear() -> rx.Component:
    return link(t("invoices.clear"), href=routes.INVOICES + "/", class_name="btn")


def _in_currency(key: str) -> Any:
    return t(key) + " " + InvoicesState.head_currency
