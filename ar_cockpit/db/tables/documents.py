"""The documents of invoices: rows beside files that are stored by their content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class DocumentRow(SQLModel, table=True):
    """One version of an invoice's document; the file is found by its SHA-256, never by anybody's name for it."""

    __tablename__ = "document"
    __table_args__ = (
        # One version is shown. Two people who attach at the same time replace each other in turn.
        Index(
            "uq_document_current",
            "company_id",
            "invoice_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        CheckConstraint("NOT is_current OR (replaced_by_id IS NULL AND removed_at IS NULL)", name="current"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        Index("ix_document_invoice", "invoice_id"),
        Index("ix_document_sha256", "sha256"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    invoice_id: int = Field(foreign_key="invoice.id")
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    media_type: str
    original_name: str = ""  # as its owner called it: shown as text, never a path
    source: str  # upload folder e_invoice
    uploaded_by: str
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
    is_current: bool = True
    replaced_by_id: int | None = Field(default=None, foreign_key="document.id")
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed_by: str = ""
    removed_reason: str = ""
