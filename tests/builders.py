"""Builders with dull defaults, so that a test shows only what matters to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel

from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    CustomerRow,
    InvoiceRow,
    MessageItemRow,
    MessageRow,
    PaymentRow,
)
from ar_cockpit.domain.calendar import OPEN_END

Row = TypeVar("Row", bound=SQLModel)


def a_company(session: Session, code: str = "ALFA", *, currency: str = "EUR", **more: object) -> CompanyRow:
    """Store a company."""
    defaults: dict[str, object] = {"name": f"{code} SA", "country": "FR", "timezone": "Europe/Paris"}
    return _stored(session, CompanyRow(code=code, currency=currency, **(defaults | more)))


def a_customer(session: Session, company: CompanyRow, code: str = "C1", **more: object) -> CustomerRow:
    """Store a customer of ``company``."""
    defaults: dict[str, object] = {"name": f"Customer {code}", "currency": company.currency, "payment_terms_days": 30}
    return _stored(session, CustomerRow(company_id=company.id, code=code, **(defaults | more)))


def an_invoice(
    session: Session,
    customer: CustomerRow,
    number: str,
    amount_minor: int,
    invoice_on: date,
    due_on: date,
    *,
    paid: Iterable[tuple[date, int]] = (),
    **more: object,
) -> InvoiceRow:
    """Store an invoice (a credit note when negative), with one payment for each part of ``paid``."""
    parts = list(paid)
    left = amount_minor - sum(minor for _, minor in parts)
    closed_on = max([invoice_on, *(day for day, _ in parts)]) if left == 0 else OPEN_END
    defaults: dict[str, object] = {
        "currency": customer.currency,
        "kind": "credit_note" if amount_minor < 0 else "invoice",
    }
    row = InvoiceRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        number=number,
        amount_minor=amount_minor,
        open_minor=left,
        closed_on=closed_on,
        invoice_on=invoice_on,
        due_on=due_on,
        **(defaults | more),
    )
    _stored(session, row)
    for count, (day, minor) in enumerate(parts, 1):
        payment = a_payment(session, customer, f"{number}/{count}", minor, day, unapplied_minor=0)
        an_allocation(session, payment, row, minor, day)
    return row


def a_payment(
    session: Session,
    customer: CustomerRow,
    number: str,
    amount_minor: int,
    paid_on: date,
    *,
    unapplied_minor: int | None = None,
    **more: object,
) -> PaymentRow:
    """Store a payment, wholly unapplied unless said otherwise."""
    unapplied = amount_minor if unapplied_minor is None else unapplied_minor
    defaults: dict[str, object] = {"currency": customer.currency}
    row = PaymentRow(
        company_id=customer.company_id,
        customer_id=customer.id,
        number=number,
        paid_on=paid_on,
        amount_minor=amount_minor,
        unapplied_minor=unapplied,
        **(defaults | more),
    )
    return _stored(session, row)


def an_allocation(
    session: Session, payment: PaymentRow, invoice: InvoiceRow, minor: int, on: date | None = None
) -> AllocationRow:
    """Store the part of ``payment`` that goes to ``invoice``; the caller keeps the open amounts."""
    row = AllocationRow(
        company_id=invoice.company_id,
        payment_id=payment.id,
        invoice_id=invoice.id,
        amount_minor=minor,
        allocated_on=on or payment.paid_on,
    )
    return _stored(session, row)


def a_letter(session: Session, invoice: InvoiceRow, on: date, at: datetime, **more: object) -> MessageRow:
    """Store a formal notice about one invoice that waits to be printed."""
    about: dict[str, Any] = {"company_id": invoice.company_id, "step": "formal", "business_on": on}
    defaults: dict[str, object] = {"language": "en", "message_id": "<letter@velmora.example>"}
    letter = MessageRow(
        customer_id=invoice.customer_id,
        channel="letter",
        recipient="",
        state="to_do",
        template="formal_notice",
        tone="formal_notice",
        total_minor=invoice.open_minor,
        currency=invoice.currency,
        queued_at=at,
        **about,
        **(defaults | more),
    )
    _stored(session, letter)
    item = {"message_row_id": letter.id, "invoice_id": invoice.id, "open_minor": invoice.open_minor}
    _stored(session, MessageItemRow(step_offset=75, **item, **about))
    return letter


def _stored(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
