"""The ledger as programs read it: whole records in the order of their keys, from one key on, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Select, and_, case
from sqlmodel import Session, SQLModel, col

from ar_cockpit.db.queries.collecting.open_items import is_disputed_on, is_open_on, open_on
from ar_cockpit.db.tables import AllocationRow, CompanyRow, CustomerRow, InvoiceRow, PaymentRow

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Span:
    """Where a page begins, and how many rows it may have."""

    after: int
    most: int


def select_of(*columns: Any) -> Select[Any]:
    """Select any number of columns; the stubs know at most ten typed ones."""
    return sqlalchemy.select(*columns)


def customers(session: Session, reached: Condition, asked: Sequence[Condition], span: Span) -> list[Any]:
    """Return customers with the code of their company."""
    row = CustomerRow
    question = select_of(
        col(row.id),
        col(CompanyRow.code).label("company"),
        col(row.code),
        col(row.name),
        col(row.city),
        col(row.country),
        col(row.language),
        col(row.currency),
        col(row.payment_terms_days),
        col(row.credit_limit_minor),
        col(row.external_score),
        col(row.segment_key),
        col(row.sales_email),
        col(row.collector_email),
        col(row.parent_code),
        col(row.registration_number),
        col(row.vat_number),
        col(row.tags),
        col(row.custom),
    ).join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
    return _page(session, question.where(reached, *asked), row, span)


def invoices(session: Session, reached: Condition, asked: Sequence[Condition], span: Span, as_of: date) -> list[Any]:
    """Return documents with what is open of them on ``as_of``."""
    row = InvoiceRow
    question = select_of(
        col(row.id),
        col(CompanyRow.code).label("company"),
        col(row.number),
        col(CustomerRow.code).label("customer"),
        col(row.kind),
        col(row.invoice_on),
        col(row.due_on),
        col(row.amount_minor),
        case((is_open_on(as_of), open_on(as_of)), else_=0).label("open_minor"),
        col(row.currency),
        is_disputed_on(as_of).label("is_disputed"),
        case((col(row.closed_on) <= as_of, col(row.closed_on))).label("settled_on"),
        col(row.po_number),
        col(row.description),
        col(row.custom),
    )
    return _page(session, _of_customers(question, row).where(reached, *asked), row, span)


def payments(session: Session, reached: Condition, asked: Sequence[Condition], span: Span) -> list[Any]:
    """Return payments with what of them is not applied."""
    row = PaymentRow
    question = select_of(
        col(row.id),
        col(CompanyRow.code).label("company"),
        col(row.number),
        col(CustomerRow.code).label("customer"),
        col(row.paid_on),
        col(row.amount_minor),
        col(row.unapplied_minor),
        col(row.currency),
        col(row.reference),
        col(row.method),
    )
    return _page(session, _of_customers(question, row).where(reached, *asked), row, span)


def allocations(session: Session, reached: Condition, asked: Sequence[Condition], span: Span) -> list[Any]:
    """Return allocations with the numbers of their payment and invoice."""
    row = AllocationRow
    question = (
        select_of(
            col(row.id),
            col(CompanyRow.code).label("company"),
            col(PaymentRow.number).label("payment"),
            col(InvoiceRow.number).label("invoice"),
            col(row.amount_minor),
            col(PaymentRow.currency),
            col(row.allocated_on),
        )
        .join(PaymentRow, col(PaymentRow.id) == col(row.payment_id))
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(PaymentRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(row.company_id))
    )
    return _page(session, question.where(reached, *asked), row, span)


def shown(state: str, as_of: date) -> Condition:
    """Return the documents in ``state``: open, overdue, settled or all, as of a day."""
    is_open = and_(is_open_on(as_of), open_on(as_of) != 0)
    known = col(InvoiceRow.invoice_on) <= as_of
    return {
        "open": is_open,
        "overdue": and_(is_open, col(InvoiceRow.due_on) < as_of),
        "settled": and_(known, col(InvoiceRow.closed_on) <= as_of),
    }.get(state, known)


def _of_customers(question: Select[Any], row: type[InvoiceRow | PaymentRow]) -> Select[Any]:
    return question.join(CustomerRow, col(CustomerRow.id) == col(row.customer_id)).join(
        CompanyRow, col(CompanyRow.id) == col(row.company_id)
    )


def _page(session: Session, question: Select[Any], row: type[SQLModel], span: Span) -> list[Any]:
    key = col(row.id)  # type: ignore[attr-defined]  # every table of the ledger has one
    return list(session.execute(question.where(key > span.after).order_by(key).limit(span.most)))
