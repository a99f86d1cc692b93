"""Versions of the forecast: what each learned, from what, and how good it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db.types import UtcDateTime

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
