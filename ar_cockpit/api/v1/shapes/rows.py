"""Rows of the ledger in the words of the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from ar_cockpit.domain.figures.ageing import days_overdue
from ar_cockpit.domain.money import decimal_string

Told = dict[str, Any]


def customer(row: Any) -> Told:
    """Return a customer as told."""
    limit = row.credit_limit_minor
    return {
        "id": row.id,
        "company": row.company,
        "customer_id": row.code,
        "name": row.name,
        "city": row.city,
        "country": row.country,
        "language": row.language,
        "currency": row.currency,
        "payment_terms_days": row.payment_terms_days,
        "credit_limit": None if limit is None else decimal_string(limit, row.currency),
        "external_score": row.external_score,
        "segment": row.segment_key,
        "sales_rep": row.sales_email,
        "collector": row.collector_email,
        "parent_customer_id": row.parent_code,
        "registration_number": row.registration_number,
        "vat_number": row.vat_number,
        "tags": row.tags,
        "custom": _words(row.custom),
    }


def contact(one: Any) -> Told:
    """Return a contact as told."""
    return {
        "id": one.contact_id,
        "name": one.name,
        "email": one.email,
        "phone": one.phone,
        "role": one.role,
        "language": one.language,
    }


def invoice(row: Any, as_of: date) -> Told:
    """Return a document as told on ``as_of``."""
    return {
        "id": row.id,
        "company": row.company,
        "invoice_number": row.number,
        "customer_id": row.customer,
        "kind": row.kind,
        "invoice_date": row.invoice_on,
        "due_date": row.due_on,
        "amount": decimal_string(row.amount_minor, row.currency),
        "open": decimal_string(int(row.open_minor), row.currency),
        "currency": row.currency,
        "days_overdue": days_overdue(row.due_on, as_of) if row.open_minor else 0,
        "disputed": bool(row.is_disputed),
        "settled_date": row.settled_on,
        "po_number": row.po_number,
        "description": row.description,
        "custom": _words(row.custom),
    }


def payment(row: Any) -> Told:
    """Return a payment as told."""
    return {
        "id": row.id,
        "company": row.company,
        "payment_id": row.number,
        "customer_id": row.customer,
        "payment_date": row.paid_on,
        "amount": decimal_string(row.amount_minor, row.currency),
        "unapplied": decimal_string(row.unapplied_minor, row.currency),
        "currency": row.currency,
        "reference": row.reference,
        "method": row.method,
    }


def allocation(row: Any) -> Told:
    """Return an allocation as told."""
    return {
        "id": row.id,
        "company": row.company,
        "payment_id": row.payment,
        "invoice_number": row.invoice,
        "amount": decimal_string(row.amount_minor, row.currency),
        "currency": row.currency,
        "date": row.allocated_on,
    }


def _words(custom: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in custom.items()}
