"""The tables an import writes, and which of their columns are the import's to give back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Table as SqlTable
from sqlmodel import SQLModel

from ar_cockpit.db.metadata import metadata
from ar_cockpit.db.tables import (
    AllocationRow,
    CompanyRow,
    ContactRow,
    CustomerRow,
    CustomerSegmentRow,
    DisputeRow,
    ImportChangeRow,
    InvoiceRow,
    PaymentRow,
    SegmentChangeRow,
    SettlementProposalRow,
)
from ar_cockpit.db.tables.figures import DERIVED_TABLES

JOURNALED: dict[str, type[SQLModel]] = {
    str(row.__tablename__): row
    for row in (CompanyRow, CustomerRow, ContactRow, InvoiceRow, PaymentRow, AllocationRow, DisputeRow)
}
# Rows of these know which import made them.
NUMBERED: tuple[type[SQLModel], ...] = (CustomerRow, InvoiceRow, PaymentRow, AllocationRow)
# Written by the product itself: derived from allocations, noted while reminding, or typed by a person.
_NOT_THE_IMPORTS = {
    "id",
    *("open_minor", "unapplied_minor", "written_off_on", "last_reminded_on", "snoozed_until", "bounced_at"),
    *("postal_address", "late_rate_bp", "archived_at", "archived_by", "left_on", "gets_reminders"),
}
_DERIVED = {("invoice", "closed_on"), ("customer", "group_code")}
# Tables that follow an import when it is taken back, and therefore do not stand in its way.
FOLLOWING = {
    *(str(row.__tablename__) for row in (ImportChangeRow, SettlementProposalRow, CustomerSegmentRow, SegmentChangeRow)),
    *DERIVED_TABLES,
}


def table_of(row_class: type[SQLModel]) -> SqlTable:
    """Return the table behind a row class."""
    table: SqlTable = row_class.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
    return table


def kept_columns(row_class: type[SQLModel]) -> list[ColumnElement[Any]]:
    """Return the columns whose values an import gives back."""
    table = table_of(row_class)
    return [c for c in table.c if c.name not in _NOT_THE_IMPORTS and (table.name, c.name) not in _DERIVED]


def references_to(target: str) -> list[Any]:
    """Return the columns of all tables that refer to rows of ``target``, whichever subject they belong to.

    What the database removes together with the row it refers to stands in nobody's way.
    """
    return [
        key.parent
        for table in sorted(metadata.tables.values(), key=lambda one: one.name)
        if table.name not in FOLLOWING
        for key in table.foreign_keys
        if key.column.table.name == target and key.ondelete != "CASCADE"
    ]
