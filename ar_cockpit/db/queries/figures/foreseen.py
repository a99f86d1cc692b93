"""What a night's forecast says of open invoices, kept for the screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.tables import InvoiceForecastRow

COLUMNS = ("invoice_id", "company_id", "forecast_on", "expected_on", "p10_on", "p90_on", "late", "paid_30", "basis")
# An older forecast says nothing any more.
VALID = timedelta(days=10)


def keep(session: Session, company_id: int, rows: Sequence[Sequence[Any]], on: date) -> None:
    """Keep a company's forecast of ``on``; what an earlier one said of invoices that are no longer open goes."""
    row = InvoiceForecastRow
    upsert(session, row, COLUMNS, rows, ("invoice_id",))
    old = delete(row).where(col(row.company_id) == company_id, col(row.forecast_on) < on)
    session.execute(old, execution_options={"synchronize_session": False})
