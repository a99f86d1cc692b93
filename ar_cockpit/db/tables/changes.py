"""What an import changed, so that it can be shown and taken back; and what an open-items export lets one suppose."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class ImportChangeRow(SQLModel, table=True):
    """A row that an import changed: as it was before, and as the import left it.

    Without ``before`` the import made it, without ``after`` it removed it. Rows that carry the number of their
    import themselves (customers, invoices, payments, allocations) are not listed when they were made.
    """

    __tablename__ = "import_change"
    __table_args__ = (
        UniqueConstraint("batch_id", "table_name", "row_id"),
        Index("ix_import_change_row", "table_name", "row_id"),
        Index("ix_import_change_made_by", "made_by"),
    )
    id: int = Field(default=None, primary_key=True)
    batch_id: int = Field(foreign_key="import_batch.id")
    table_name: str
    row_id: int
    made_by: int | None = None  # the import that made the row, where rows know it
    before: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    after: dict[str, Any] | None = Field(default=None, sa_type=JSON)


class SettlementProposalRow(SQLModel, table=True):
    """An invoice that an open-items export no longer lists, or lists with less: settled, if a person says so."""

    __tablename__ = "settlement_proposal"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", name="state"),
        Index(
            "uq_settlement_proposal_open",
            "company_id",
            "invoice_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    batch_id: int = Field(foreign_key="import_batch.id", index=True)  # the export
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    left_minor: int = Field(sa_type=BigInteger)  # what the export says is still open
    exported_on: date
    is_customer_listed: bool  # whether the export lists anything else of this customer
    state: str = "open"
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = ""
    settled_batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)
    withdrawn_batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)
