"""Questions about invoices' documents: versions, the one that is shown, and the numbers a folder is held against."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CompanyRow, CustomerFileRow, CustomerRow, DocumentRow, InvoiceRow, MessagePaperRow

_INVOICE: tuple[Any, ...] = (
    col(InvoiceRow.id),
    col(InvoiceRow.company_id),
    col(CompanyRow.code),
    col(CustomerRow.code),
    col(InvoiceRow.number),
)


@dataclass(frozen=True, slots=True)
class DocumentedInvoice:
    """An invoice as documents need it."""

    invoice_id: int
    company_id: int
    company_code: str
    customer_code: str
    number: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an invoice's document."""

    document_id: int
    invoice: DocumentedInvoice
    sha256: str
    size_bytes: int
    media_type: str
    original_name: str
    source: str
    uploaded_by: str
    uploaded_at: datetime
    is_current: bool
    removed_at: datetime | None
    removed_by: str
    removed_reason: str


def invoice(session: Session, reached: ColumnElement[bool], invoice_id: int) -> DocumentedInvoice | None:
    """Return the invoice if its customer is ``reached``."""
    question = _with_owner(select(*_INVOICE)).where(reached, col(InvoiceRow.id) == invoice_id)
    found = session.execute(question).first()
    return DocumentedInvoice(*found) if found else None


def version(session: Session, reached: ColumnElement[bool], document_id: int) -> Version | None:
    """Return one version if its invoice's customer is ``reached``."""
    found = session.execute(_versions(reached).where(col(DocumentRow.id) == document_id)).first()
    return _version(found) if found else None


def versions(session: Session, reached: ColumnElement[bool], invoice_id: int) -> list[Version]:
    """Return every version of an invoice's document, newest first."""
    question = _versions(reached).where(col(DocumentRow.invoice_id) == invoice_id).order_by(col(DocumentRow.id).desc())
    return [_version(row) for row in session.execute(question)]


def shown(session: Session, reached: ColumnElement[bool], invoice_ids: Collection[int]) -> list[Version]:
    """Return the versions that are shown of these invoices."""
    is_asked = among(session, col(DocumentRow.invoice_id), invoice_ids)
    return [_version(row) for row in session.execute(_versions(reached).where(is_asked, col(DocumentRow.is_current)))]


def current_document() -> ColumnElement[int | None]:
    """Return the key of the invoice's document that is shown, as a column of a query about invoices."""
    return (
        select(col(DocumentRow.id))
        .where(col(DocumentRow.company_id) == col(InvoiceRow.company_id))
        .where(col(DocumentRow.invoice_id) == col(InvoiceRow.id), col(DocumentRow.is_current))
        .correlate(InvoiceRow)
        .scalar_subquery()
    )


def current_ids(session: Session, invoice_ids: Collection[int]) -> dict[int, int]:
    """Return the keys of the documents that are shown, by invoice: one question for a page of a list."""
    question = select(col(DocumentRow.invoice_id), col(DocumentRow.id)).where(
        among(session, col(DocumentRow.invoice_id), invoice_ids), col(DocumentRow.is_current)
    )
    return {row[0]: row[1] for row in session.execute(question)}


def contents(session: Session, invoice_ids: Collection[int]) -> set[tuple[int, str]]:
    """Return the invoices with the hash of every version they ever had."""
    question = select(col(DocumentRow.invoice_id), col(DocumentRow.sha256))
    rows = session.execute(question.where(among(session, col(DocumentRow.invoice_id), invoice_ids)))
    return {(invoice_id, sha256) for invoice_id, sha256 in rows}


def known_contents(session: Session, hashes: Collection[str]) -> set[str]:
    """Return those of ``hashes`` that some row names: an invoice's document, a message's paper, a customer's file."""
    columns = (col(DocumentRow.sha256), col(MessagePaperRow.sha256), col(CustomerFileRow.sha256))
    questions = (select(column).distinct().where(among(session, column, hashes)) for column in columns)
    return {sha256 for question in questions for sha256 in session.execute(question).scalars()}


def every_number(session: Session, of_company: ColumnElement[bool]) -> Iterator[DocumentedInvoice]:
    """Yield every invoice of the companies, without holding them in memory."""
    for row in stream(session, _with_owner(select(*_INVOICE)).where(of_company)):
        yield DocumentedInvoice(*row)


def _with_owner(question: Select[Any]) -> Select[Any]:
    return question.join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id)).join(
        CompanyRow, col(CompanyRow.id) == col(InvoiceRow.company_id)
    )


def _versions(reached: ColumnElement[bool]) -> Select[Any]:
    row = DocumentRow
    return (
        select(
            *_INVOICE,
            col(row.id),
            col(row.sha256),
            col(row.size_bytes),
            col(row.media_type),
            col(row.original_name),
            col(row.source),
            col(row.uploaded_by),
            col(row.uploaded_at),
            col(row.is_current),
            col(row.removed_at),
            col(row.removed_by),
            col(row.removed_reason),
        )
        .select_from(row)
        .join(InvoiceRow, col(InvoiceRow.id) == col(row.invoice_id))
        .join(CustomerRow, col(CustomerRow.id) == col(InvoiceRow.customer_id))
        .join(CompanyRow, col(CompanyRow.id) == col(InvoiceRow.company_id))
        .where(reached)
    )


def _version(row: Any) -> Version:
    return Version(row[5], DocumentedInvoice(*row[:5]), *row[6:])
