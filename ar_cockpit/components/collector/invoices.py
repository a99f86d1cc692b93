"""The customer's open documents in the collector's middle pane: what is selected goes into the message at the right."""

from __future__ import annotations

import reflex as rx

from ar_cockpit.components.controls import button
from ar_cockpit.components.customer.invoices import open_invoices
from ar_cockpit.components.text import may, t
from ar_cockpit.domain.access import Permission
from ar_cockpit.state.collector.acts import CollectorActs
from ar_cockpit.state.collector.agreeing import CollectorAgreeing
from ar_cockpit.state.collector.mail import CollectorMail
from ar_cockpit.state.collector.rows import InvoiceLine
from ar_cockpit.state.collector.screen import CollectorState

_AFTER_SELECTING = [CollectorMail.render_mail, CollectorActs.prepare, CollectorAgreeing.work_out]


def invoice_table() -> rx.Component:
    """Return the table with its sum."""
    return open_invoices(CollectorState, after=_AFTER_SELECTING, beside=_closing)


def _closing(line: rx.Var[InvoiceLine]) -> rx.Component:
    close = button(
        t("collector.dispute.close"),
        size="sm",
        kind="ghost",
        class_name="inline",
        on_click=CollectorActs.ask_closing(line.key, line.number),
    )
    return rx.cond(line.is_disputed & may(Permission.WORK_CUSTOMERS), close, rx.fragment())
