"""What papers are made of: who writes to whom, debts with every payment, open documents, letters that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.collecting.open_items import is_disputed_on, is_open_on, open_on
from ar_cockpit.db.queries.unapplied import unapplied_cash
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    CustomerRow,
    InvoiceRow,
    MessageItemRow,
    MessagePaperRow,
    MessageRow,
    UserRow,
)

LETTER, STATEMENT, INVOICE = "letter", "statement", "invoice"
SMS = "sms"


@dataclass(frozen=True, slots=True)
class Parties:
    """A customer and the company that writes to it, as they stand on paper."""

    customer_id: int
    company_id: int
    company_name: str
    company_country: str
    company_language: str
    address: str
    phone: str
    mail_from: str
    mail_reply_to: str
    iban: str
    bic: str
    code: str
    name: str
    postal_address: str
    custom: Mapping[str, Any]
    city: str
    country: str
    language: str
    collector_name: str
    collector_phone: str


@dataclass(frozen=True, slots=True)
class StoredDebt:
    """An invoice with what was applied to it, and the seller's terms for late payments."""

    invoice_id: int
    country: str
    late_rate_bp: int | None
    due_on: date
    currency: str
    amount_minor: int
    paid: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document of a customer that is open on a day."""

    customer_id: int
    currency: str
    number: str
    invoice_on: date
    due_on: date
    amount_minor: int
    open_minor: int
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter that a person sends, as it was recorded."""

    message_row_id: int
    company_id: int
    customer_id: int
    contact_id: int | None
    business_on: date
    state: str
    closed_at: datetime | None
    template: str
    language: str
    currency: str
    cadence: str
    step: str
    invoice_ids: tuple[int, ...] = ()


def parties(session: Session, customer_ids: Collection[int]) -> dict[int, Parties]:
    """Return who writes to whom, by customer."""
    company, customer = CompanyRow, CustomerRow
    question = (
        select(
            col(customer.id),
            col(company.id),
            col(company.name),
            col(company.country),
            col(company.language),
            col(company.address),
            col(company.phone),
            col(company.mail_from),
            col(company.mail_reply_to),
            col(company.iban),
            col(company.bic),
            col(customer.code),
            col(customer.name),
            col(customer.postal_address),
            col(customer.custom),
            col(customer.city),
            col(customer.country),
            col(customer.language),
            func.coalesce(col(UserRow.name), ""),
            func.coalesce(col(UserRow.phone), ""),
        )
        .join(company, col(company.id) == col(customer.company_id))
        .outerjoin(UserRow, col(UserRow.email) == col(customer.collector_email))
        .where(among(session, col(customer.id), customer_ids))
    )
    return {row[0]: Parties(*row) for row in session.execute(question)}


def debts(session: Session, invoice_ids: Collection[int]) -> dict[int, StoredDebt]:
    """Return invoices with every amount ever applied to them, by id."""
    row = AllocationRow
    applied: dict[int, list[tuple[date, int]]] = defaultdict(list)
    paid = select(col(row.invoice_id), col(row.allocated_on), col(row.amount_minor))
    for invoice_id, on, minor in session.execute(paid.where(among(session, col(row.invoice_id), invoice_ids))):
        applied[invoice_id].append((on, minor))
    question = (
        select(
            col(InvoiceRow.id),
            col(CompanyRow.country),
            func.coalesce(col(CustomerRow.late_rate_bp), col(CompanyRow.late_rate_bp)),
            col(InvoiceRow.due_on),
            col(InvoiceRow.currency),
            col(InvoiceRow.amount_minor),
        )
        .join(CompanyRow, col(CompanyRow.id) == col(InvoiceRow.company_id))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .where(among(session, col(InvoiceRow.id), invoice_ids))
    )
    return {
        one[0]: StoredDebt(one[0], one[1], one[2], one[3], one[4], one[5], tuple(sorted(applied[one[0]])))
        for one in session.execute(question)
    }


def open_documents(session: Session, customer_ids: Collection[int], as_of: date) -> dict[int, list[OpenDocument]]:
    """Return what is open on ``as_of`` by customer, the oldest due date first; what was written off is left out."""
    row = InvoiceRow
    question = (
        select(
            col(row.customer_id),
            col(row.currency),
            col(row.number),
            col(row.invoice_on),
            col(row.due_on),
            col(row.amount_minor),
            open_on(as_of),
            is_disputed_on(as_of),
        )
        .where(among(session, col(row.customer_id), customer_ids), is_open_on(as_of))
        .where(col(row.written_off_on).is_(None) | (col(row.written_off_on) > as_of))
        .order_by(col(row.due_on), col(row.id))
    )
    found: dict[int, list[OpenDocument]] = defaultdict(list)
    for one in session.execute(question):
        if one[6]:
            document = OpenDocument(one[0], one[1], one[2], one[3], one[4], one[5], int(one[6]), bool(one[7]))
            found[document.customer_id].append(document)
    return found


def unapplied(session: Session, customer_ids: Collection[int], as_of: date) -> dict[tuple[int, str], int]:
    """Return the money received and not applied, by customer and currency."""
    return unapplied_cash(session, among(session, col(CustomerRow.id), customer_ids), as_of)


def letters(session: Session, which: ColumnElement[bool], channel: str = LETTER) -> list[StoredLetter]:
    """Return the letters ``which`` chooses of messages and their customers, by company and customer code.

    Of another channel they are what a person sends on that one.
    """
    row = MessageRow
    question = (
        select(
            col(row.id),
            col(row.company_id),
            col(row.customer_id),
            col(row.contact_id),
            col(row.business_on),
            col(row.state),
            col(row.closed_at),
            col(row.template),
            col(row.language),
            col(row.currency),
            col(row.cadence),
            col(row.step),
        )
        .join(CustomerRow, col(CustomerRow.id) == col(row.customer_id))
        .where(col(row.channel) == channel, which)
        .order_by(col(row.company_id), col(CustomerRow.code), col(row.id))
    )
    found = [StoredLetter(*one) for one in session.execute(question)]
    listed = _items(session, [one.message_row_id for one in found])
    return [replace(one, invoice_ids=tuple(listed[one.message_row_id])) for one in found]


def _items(session: Session, row_ids: Collection[int]) -> dict[int, list[int]]:
    item = MessageItemRow
    question = (
        select(col(item.message_row_id), col(item.invoice_id))
        .where(among(session, col(item.message_row_id), row_ids), col(item.dropped) == "")
        .order_by(col(item.id))
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row_id, invoice_id in session.execute(question):
        found[row_id].append(invoice_id)
    return found


def kept_letter(session: Session, message_row_id: int) -> MessagePaperRow | None:
    """Return the letter as it was printed last, if it was."""
    row = MessagePaperRow
    question = select(row).where(col(row.message_row_id) == message_row_id, col(row.kind) == LETTER)
    return session.execute(question).scalars().first()
