"""The invented ledger's rows, written as they are: their keys are counted from one, the tables being empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, SQLModel

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    DisputeRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    PaymentRow,
    PromiseInvoiceRow,
    PromiseRow,
    TouchpointRow,
)
from ar_cockpit.demo.addresses import postal_address
from ar_cockpit.demo.conversation import GRACE_DAYS
from ar_cockpit.demo.records import CustomerFile, Message

Rows = list[tuple[Any, ...]]
GROUP_EVERY, GROUP_OF = 20, 3
# Tables whose keys come from the generator.
TABLES: tuple[type[SQLModel], ...] = (CustomerRow, InvoiceRow, PaymentRow, PromiseRow, MessageRow)

_COLUMNS: dict[type[SQLModel], tuple[str, ...]] = {
    CustomerRow: (
        *("id", "company_id", "code", "name", "city", "country", "language", "currency", "payment_terms_days"),
        *("credit_limit_minor", "external_score", "sales_email", "collector_email", "registration_number"),
        *("vat_number", "tags", "segment_key", "parent_code", "group_code", "custom", "last_reminded_on"),
        "postal_address",
    ),
    ContactRow: ("company_id", "customer_id", "name", "email", "phone", "role", "language", "is_primary"),
    InvoiceRow: (
        *("id", "company_id", "customer_id", "number", "kind", "invoice_on", "due_on", "amount_minor", "open_minor"),
        *("closed_on", "currency", "po_number", "description", "custom"),
    ),
    PaymentRow: (
        *("id", "company_id", "customer_id", "number", "paid_on", "amount_minor", "unapplied_minor", "currency"),
        *("reference", "method"),
    ),
    AllocationRow: ("company_id", "payment_id", "invoice_id", "amount_minor", "allocated_on"),
    DisputeRow: (
        *("company_id", "customer_id", "invoice_id", "reason", "note", "owner_email", "opened_on"),
        *("opened_on_is_known", "answer_due_on", "closed_on", "outcome", "opened_by"),
    ),
    PromiseRow: (
        *("id", "company_id", "customer_id", "amount_minor", "currency", "made_on", "promised_for", "grace_days"),
        *("state", "decided_on", "note", "made_by"),
    ),
    PromiseInvoiceRow: ("company_id", "promise_id", "invoice_id"),
    MessageRow: (
        *("id", "company_id", "customer_id", "business_on", "channel", "recipient", "message_id", "state", "origin"),
        *("segment", "cadence", "step", "template", "tone", "language", "sender", "reply_to", "subject", "text_body"),
        *("html_body", "total_minor", "currency", "attempts", "owner", "queued_at", "sent_at", "closed_at"),
        *("closed_by", "created_by", "error"),
    ),
    MessageItemRow: (
        *("company_id", "message_row_id", "invoice_id", "step", "step_offset", "business_on", "open_minor"),
        "dropped",
    ),
    TouchpointRow: (
        *("company_id", "customer_id", "kind", "happened_on", "happened_at", "actor_email", "text", "facts"),
        "message_row_id",
    ),
}


def store(session: Session, batch: Sequence[CustomerFile], companies: Sequence[CompanyRow]) -> dict[str, int]:
    """Write some customers with everything about them; return how many of each were written."""
    rows: dict[type[SQLModel], Rows] = {row_class: [] for row_class in _COLUMNS}
    heads = _heads(batch)
    for one in batch:
        company = companies[one.customer.company]
        rows[CustomerRow].append(_customer(one, company.id, heads.get(one.customer.code, "")))
        rows[ContactRow] += [(company.id, *contact) for contact in one.contacts]
        _ledger_rows(rows, one, company)
        _conversation_rows(rows, one, company)
    for row_class, columns in _COLUMNS.items():
        upsert(session, row_class, columns, rows[row_class])
    return {
        "customers": len(batch),
        "invoices": sum(row[4] == "invoice" for row in rows[InvoiceRow]),
        "credit_notes": sum(row[4] == "credit_note" for row in rows[InvoiceRow]),
        "payments": len(rows[PaymentRow]),
        "allocations": len(rows[AllocationRow]),
        "disputes": len(rows[DisputeRow]),
        "promises": len(rows[PromiseRow]),
        "messages": len(rows[MessageRow]),
        "touchpoints": len(rows[TouchpointRow]),
    }


def _customer(one: CustomerFile, company_id: int, head: str) -> tuple[Any, ...]:
    customer = one.customer
    told = (customer.customer_id, company_id, *customer[2:15])
    parent = "" if head == customer.code else head
    address = postal_address(customer)
    return (*told, list(customer.tags), "", parent, head, {}, one.last_reminded_on, address)


def _heads(batch: Sequence[CustomerFile]) -> dict[str, str]:
    """Return some groups of three: in each company's every twentieth customer has the next two below it."""
    by_company: dict[int, list[str]] = {}
    for one in batch:
        by_company.setdefault(one.customer.company, []).append(one.customer.code)
    heads: dict[str, str] = {}
    for codes in by_company.values():
        for start in range(0, len(codes) - 2, GROUP_EVERY):
            heads |= dict.fromkeys(codes[start : start + GROUP_OF], codes[start])
    return heads


def _ledger_rows(rows: dict[type[SQLModel], Rows], one: CustomerFile, company: CompanyRow) -> None:
    customer_id, currency = one.customer.customer_id, one.customer.currency
    for document in one.documents:
        closed_on = document.closed_on
        open_minor = document.amount_minor - sum(minor for _, minor in document.applied)
        told = (document.number, document.kind, document.invoice_on, document.due_on, document.amount_minor)
        words: tuple[Any, ...] = (document.po_number, document.description, {})
        rows[InvoiceRow].append(
            (document.invoice_id, company.id, customer_id, *told, open_minor, closed_on, currency, *words)
        )
    for payment in one.payments:
        unapplied = payment.amount_minor - sum(minor for _, minor in payment.parts)
        money = (payment.paid_on, payment.amount_minor, unapplied, currency, payment.reference, payment.method)
        rows[PaymentRow].append((payment.payment_id, company.id, customer_id, payment.number, *money))
        rows[AllocationRow] += [
            (company.id, payment.payment_id, document.invoice_id, minor, payment.paid_on)
            for document, minor in payment.parts
        ]


def _conversation_rows(rows: dict[type[SQLModel], Rows], one: CustomerFile, company: CompanyRow) -> None:
    customer_id, currency = one.customer.customer_id, one.customer.currency
    keys = (company.id, customer_id)
    rows[DisputeRow] += [
        (*keys, dispute.document.invoice_id, *dispute[1:5], True, *dispute[5:]) for dispute in one.disputes
    ]
    for promise in one.promises:
        told = (promise.amount_minor, currency, promise.made_on, promise.promised_for, GRACE_DAYS)
        became = (promise.state, promise.decided_on, promise.note, promise.made_by)
        rows[PromiseRow].append((promise.promise_id, *keys, *told, *became))
        rows[PromiseInvoiceRow].append((company.id, promise.promise_id, promise.document.invoice_id))
    for message in one.messages:
        rows[MessageRow].append(_message(message, one, company))
        rows[MessageItemRow] += list(_items(message, company.id))
    rows[TouchpointRow] += [
        (*keys, touch.kind, touch.happened_on, _instant(touch.happened_on, touch.minute), *touch[3:])
        for touch in one.touches
    ]


def _message(message: Message, one: CustomerFile, company: CompanyRow) -> tuple[Any, ...]:
    at = _instant(message.business_on, message.minute)
    is_sent, is_done = message.state == "sent", message.state == "done"
    return (
        *(message.message_id, company.id, one.customer.customer_id, message.business_on, message.channel),
        *(message.recipient, f"<demo.{message.message_id}@velmora.example>", message.state, "cadence"),
        *(message.cadence, message.cadence, message.step, message.template, message.tone, message.language),
        *(company.mail_from, company.mail_reply_to, message.subject, message.body, "", message.total_minor),
        *(one.customer.currency, int(is_sent), "", _instant(message.business_on, 0), at if is_sent else None),
        *(at if is_done else None, one.customer.collector_email if is_done else "", "", ""),
    )


def _items(message: Message, company_id: int) -> Iterator[tuple[Any, ...]]:
    for document, step, offset, open_minor in message.items:
        keys = (company_id, message.message_id, document.invoice_id)
        yield (*keys, step, offset, message.business_on, open_minor, "")


def _instant(day: date, minute: int) -> datetime:
    """Return an instant of a working day, ``minute`` minutes after seven."""
    return datetime.combine(day, time(7), UTC) + timedelta(minutes=minute)
