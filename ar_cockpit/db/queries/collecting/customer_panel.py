"""One customer's open documents and everything that happened with it, in narrow rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.conversation import DELIVERED, QUIET_TEMPLATES
from ar_cockpit.db.queries.collecting.open_items import is_open_on, open_on
from ar_cockpit.db.queries.documents import current_document
from ar_cockpit.db.tables import (
    AllocationRow,
    DisputeRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    PaymentRow,
    TouchpointRow,
)

MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class PanelInvoice:
    """An open document of the customer; ``reminders`` of it were delivered by the day asked for."""

    invoice_id: int
    number: str
    kind: str
    invoice_on: date
    due_on: date
    currency: str
    amount_minor: int
    open_minor: int
    dispute_reason: str  # empty: not disputed
    document_id: int | None = None  # of the PDF that is shown
    reminders: int = 0
    last_tone: str = ""

    @property
    def is_disputed(self) -> bool:
        """Whether a dispute about it is open."""
        return self.dispute_reason != ""


@dataclass(frozen=True, slots=True)
class Said:
    """A touchpoint."""

    touchpoint_id: int
    kind: str
    happened_on: date
    happened_at: datetime
    actor_email: str
    text: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mailed:
    """A message of ours, whatever became of it."""

    message_row_id: int
    message_id: str
    business_on: date
    channel: str
    recipient: str
    state: str
    template: str
    tone: str
    subject: str
    invoices: int
    total_minor: int
    currency: str
    error: str


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute, open or closed."""

    number: str
    reason: str
    owner_email: str
    opened_on: date
    is_dated: bool
    answer_due_on: date
    closed_on: date
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment and the numbers of the documents it was applied to."""

    paid_on: date
    amount_minor: int
    currency: str
    number: str
    invoices: tuple[str, ...]


def invoices(session: Session, customer_id: int, as_of: date) -> list[PanelInvoice]:
    """Return the customer's documents open on ``as_of``, oldest due date first."""
    reason = (
        select(func.max(func.coalesce(func.nullif(col(DisputeRow.reason), ""), "other")))
        .where(col(DisputeRow.invoice_id) == col(InvoiceRow.id))
        .where(col(DisputeRow.opened_on) <= as_of, col(DisputeRow.closed_on) > as_of)
        .correlate(InvoiceRow)
        .scalar_subquery()
    )
    question = (
        select(
            col(InvoiceRow.id),
            col(InvoiceRow.number),
            col(InvoiceRow.kind),
            col(InvoiceRow.invoice_on),
            col(InvoiceRow.due_on),
            col(InvoiceRow.currency),
            col(InvoiceRow.amount_minor),
            open_on(as_of),
            func.coalesce(reason, ""),
            current_document(),
        )
        .where(col(InvoiceRow.customer_id) == customer_id, is_open_on(as_of))
        .order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    )
    reminded = _reminded(session, customer_id, as_of)
    found = [PanelInvoice(*row) for row in session.execute(question)]
    return [replace(one, **reminded.get(one.invoice_id, {})) for one in found if one.open_minor]


def said(session: Session, customer_id: int, as_of: date, kinds: tuple[str, ...]) -> list[Said]:
    """Return the latest touchpoints of ``kinds`` that were not undone, newest first."""
    row = TouchpointRow
    question = (
        select(
            col(row.id),
            col(row.kind),
            col(row.happened_on),
            col(row.happened_at),
            col(row.actor_email),
            col(row.text),
            col(row.facts),
        )
        .where(col(row.customer_id) == customer_id, col(row.happened_on) <= as_of, col(row.undone_at).is_(None))
        .where(col(row.kind).in_(kinds), col(row.message_row_id).is_(None))
        .order_by(col(row.happened_at).desc(), col(row.id).desc())
        .limit(MOST_ENTRIES)
    )
    return [Said(*values) for values in session.execute(question)]


def mailed(session: Session, customer_id: int, as_of: date) -> list[Mailed]:
    """Return the latest messages to the customer, newest first."""
    row = MessageRow
    items = (
        select(func.count())
        .select_from(MessageItemRow)
        .where(col(MessageItemRow.message_row_id) == col(row.id), col(MessageItemRow.dropped) == "")
        .correlate(row)
        .scalar_subquery()
    )
    question = (
        select(
            col(row.id),
            col(row.message_id),
            col(row.business_on),
            col(row.channel),
            col(row.recipient),
            col(row.state),
            col(row.template),
            col(row.tone),
            col(row.subject),
            items,
            col(row.total_minor),
            col(row.currency),
            col(row.error),
        )
        .where(col(row.customer_id) == customer_id, col(row.business_on) <= as_of)
        .order_by(col(row.business_on).desc(), col(row.id).desc())
        .limit(MOST_ENTRIES)
    )
    return [Mailed(*values) for values in session.execute(question)]


def disputed(session: Session, customer_id: int, as_of: date) -> list[Disputed]:
    """Return the customer's disputes that were ever open by ``as_of``, newest first."""
    row = DisputeRow
    question = (
        select(
            col(InvoiceRow.number),
            col(row.reason),
            col(row.owner_email),
            col(row.opened_on),
            col(row.opened_on_is_known),
            col(row.answer_due_on),
            col(row.closed_on),
            col(row.outcome),
            col(row.note),
        )
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .where(col(row.customer_id) == customer_id, col(row.opened_on) <= as_of, col(row.outcome) != "undone")
        .order_by(col(row.opened_on).desc(), col(row.id).desc())
        .limit(MOST_ENTRIES)
    )
    return [Disputed(*values) for values in session.execute(question)]


def paid(session: Session, customer_id: int, as_of: date) -> list[Paid]:
    """Return the customer's latest payments, newest first."""
    row = PaymentRow
    question = (
        select(col(row.id), col(row.paid_on), col(row.amount_minor), col(row.currency), col(row.number))
        .where(col(row.customer_id) == customer_id, col(row.paid_on) <= as_of)
        .order_by(col(row.paid_on).desc(), col(row.id).desc())
        .limit(MOST_ENTRIES)
    )
    found = list(session.execute(question))
    applied = _applied_to(session, [payment_id for payment_id, *_ in found], as_of)
    return [Paid(on, minor, currency, number, tuple(applied[key])) for key, on, minor, currency, number in found]


def _reminded(session: Session, customer_id: int, as_of: date) -> dict[int, dict[str, Any]]:
    row = MessageRow
    question = (
        select(col(MessageItemRow.invoice_id), col(row.tone))
        .join(row, col(row.id) == col(MessageItemRow.message_row_id))
        .where(col(row.customer_id) == customer_id, col(row.business_on) <= as_of, col(MessageItemRow.dropped) == "")
        .where(col(row.state).in_(DELIVERED), col(row.template).not_in(QUIET_TEMPLATES), col(row.channel) != "call")
        .order_by(col(row.business_on), col(row.id))
    )
    found: dict[int, dict[str, Any]] = {}
    for invoice_id, tone in session.execute(question):
        before = found.get(invoice_id, {"reminders": 0})
        found[invoice_id] = {"reminders": before["reminders"] + 1, "last_tone": tone}
    return found


def _applied_to(session: Session, payment_ids: list[int], as_of: date) -> dict[int, list[str]]:
    question = (
        select(col(AllocationRow.payment_id), col(InvoiceRow.number))
        .join(InvoiceRow, col(InvoiceRow.id) == col(AllocationRow.invoice_id))
        .where(col(AllocationRow.payment_id).in_(payment_ids), col(AllocationRow.allocated_on) <= as_of)
        .order_by(col(InvoiceRow.due_on), col(InvoiceRow.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for payment_id, number in session.execute(question):
        found[payment_id].append(number)
    return found
