"""Limits of key figures, the alerts raised when one is crossed, and the mails that tell of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.tables.colleague_mail import ColleagueMailRow, mail_constraints
from ar_cockpit.db.types import UtcDateTime

_STANDING = text("cleared_on IS NULL")


class KpiLimitRow(SQLModel, table=True):
    """The value of a company's figure beyond which people are told: minor units, or ten-thousandths."""

    __tablename__ = "kpi_limit"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    figure: str = Field(primary_key=True)
    limit_value: int = Field(sa_type=BigInteger)
    set_at: datetime = Field(sa_type=UtcDateTime)
    set_by: str


class KpiAlertRow(SQLModel, table=True):
    """A crossed limit, told once; it stands until the figure is back within the limit."""

    __tablename__ = "kpi_alert"
    __table_args__ = (
        Index(
            "uq_kpi_alert_standing",
            "company_id",
            "figure",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    figure: str
    raised_on: date
    raised_at: datetime = Field(sa_type=UtcDateTime)
    figure_value: int = Field(sa_type=BigInteger)  # kept like the limit
    limit_value: int = Field(sa_type=BigInteger)
    currency: str
    since_on: date  # what moved it, from this day's close
    # {"figure", "before", "after", "pace", "others", "steps": [{"code", "name", "part"}]}
    causes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    cleared_on: date | None = None


class AlertReaderRow(SQLModel, table=True):
    """Who wants the alerts of a company by mail."""

    __tablename__ = "alert_reader"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    user_id: int = Field(primary_key=True, foreign_key="app_user.id", ondelete="CASCADE")


class AlertMailRow(ColleagueMailRow, table=True):
    """One alert's mail to one reader."""

    __tablename__ = "alert_mail"
    __table_args__ = (UniqueConstraint("alert_id", "user_id"), *mail_constraints("alert_mail"))
    alert_id: int = Field(foreign_key="kpi_alert.id", ondelete="CASCADE")
    user_id: int = Field(foreign_key="app_user.id", ondelete="CASCADE")
