"""Versions of the forecast, what it says of each open invoice, and customers who pay later than they used to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db.types import UtcDateTime

_STANDING = text("cleared_on IS NULL")
_CHOSEN = text("chosen_at IS NOT NULL AND released_at IS NULL")


class ForecastModelRow(SQLModel, table=True):
    """A fitted forecast of a company; the one a person chose, if any, forecasts every day from its own on."""

    __tablename__ = "forecast_model"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        UniqueConstraint("company_id", "data_checksum", name="uq_forecast_model_data"),
        Index("uq_forecast_model_chosen", "company_id", unique=True, sqlite_where=_CHOSEN, postgresql_where=_CHOSEN),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    number: int
    as_of: date
    trained_from: date | None
    trained_to: date | None
    settled: int
    customers: int
    method: str
    design: str
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    data_checksum: str
    model_checksum: str
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    chosen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    chosen_by: str = ""
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class InvoiceForecastRow(SQLModel, table=True):
    """What the forecast of a night says of an open invoice; the chances in whole percent."""

    __tablename__ = "invoice_forecast"
    __table_args__ = (Index("ix_invoice_forecast_company", "company_id", "forecast_on"),)
    invoice_id: int = Field(primary_key=True, foreign_key="invoice.id", ondelete="CASCADE")
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    forecast_on: date
    expected_on: date
    p10_on: date
    p90_on: date
    late: int
    paid_30: int
    basis: str


class PaymentDriftRow(SQLModel, table=True):
    """A customer found to pay notably later than it used to; told once, until it pays as before again."""

    __tablename__ = "payment_drift"
    __table_args__ = (
        Index(
            "uq_payment_drift_standing", "customer_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
        ),
        Index("ix_payment_drift_company", "company_id", "raised_on"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    raised_on: date
    cleared_on: date | None = None
    since_on: date  # the first day of the invoices' due dates that came later
    usual_days: int  # days late before, on average
    recent_days: int  # and of those due since, where unpaid ones count with the days they are late so far
    usual_count: int
    recent_count: int
    chance_ppm: int  # how likely such a difference is of itself, after as many tests, in millionths
