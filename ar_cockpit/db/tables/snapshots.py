"""What was reported: the sums of a day as they were known when it was frozen, and the documents they were made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class FigureSnapshotRow(SQLModel, table=True):
    """The sums behind a company's key figures of one day in one currency; written once, never changed."""

    __tablename__ = "figure_snapshot"
    __table_args__ = (UniqueConstraint("company_id", "currency", "day"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    currency: str
    day: date
    taken_at: datetime = Field(sa_type=UtcDateTime)
    first_document_on: date
    not_due_minor: int = Field(sa_type=BigInteger)
    days_1_30_minor: int = Field(sa_type=BigInteger)
    days_31_60_minor: int = Field(sa_type=BigInteger)
    days_61_90_minor: int = Field(sa_type=BigInteger)
    days_91_120_minor: int = Field(sa_type=BigInteger)
    over_120_minor: int = Field(sa_type=BigInteger)
    at_start_minor: int = Field(sa_type=BigInteger)  # receivables at the start of the reporting period
    credit_sales_minor: int = Field(sa_type=BigInteger)
    unapplied_minor: int = Field(sa_type=BigInteger)
    sales_by_month: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # first of month -> minor units
    last_invoice_id: int  # whatever has a higher one came into the ledger later
    has_documents: bool  # whether the open documents were kept too: at month ends


class SnapshotDocumentRow(SQLModel, table=True):
    """A document that was open on a frozen day, as it was known then; it may be gone from the ledger since."""

    __tablename__ = "snapshot_document"
    snapshot_id: int = Field(primary_key=True, foreign_key="figure_snapshot.id", ondelete="CASCADE")
    invoice_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    number: str
    customer_code: str
    customer_name: str
    due_on: date
    amount_minor: int = Field(sa_type=BigInteger)
    open_minor: int = Field(sa_type=BigInteger)
