"""What a night's forecast says of open invoices, kept for the screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete
from sqlmodel import Session, col

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.queries.collecting.open_items import is_open_on
from ar_cockpit.db.tables import InvoiceForecastRow, InvoiceRow

COLUMNS = ("invoice_id", "company_id", "forecast_on", "expected_on", "p10_on", "p90_on", "late", "paid_30", "basis")
# An older forecast says nothing any more.
VALID = timedelta(days=10)
# What lists tell of it.
TOLD = (col(InvoiceForecastRow.expected_on), col(InvoiceForecastRow.paid_30))


def is_told_of_open(as_of: date) -> ColumnElement[bool]:
    """Return the condition that joins what is still valid on ``as_of`` to a document open on that day."""
    row = InvoiceForecastRow
    return and_(
        col(row.invoice_id) == col(InvoiceRow.id),
        is_open_on(as_of),
        col(row.forecast_on) <= as_of,
        col(row.forecast_on) > as_of - VALID,
    )


def keep(session: Session, company_id: int, rows: Sequence[Sequence[Any]], on: date) -> None:
    """Keep a company's forecast of ``on``; what an earlier one said of invoices that are no longer open goes."""
    row = InvoiceForecastRow
    upsert(session, row, COLUMNS, rows, ("invoice_id",))
    old = delete(row).where(col(row.company_id) == company_id, col(row.forecast_on) < on)
    session.execute(old, execution_options={"synchronize_session": False})
