"""How collectors share the work: what their order counts, whose customers are whose, who is away, who is at what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime

_STANDING = text("cancelled_at IS NULL")


class CustomerChanceRow(SQLModel, table=True):
    """What the forecast of ``forecast_on`` says of a customer's overdue invoices, and what one before it said."""

    __tablename__ = "customer_chance"
    __table_args__ = (CheckConstraint("chance BETWEEN 0 AND 100", name="chance"),)
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE", index=True)
    forecast_on: date
    chance: int  # percent of the overdue amount paid within 30 days
    before: int | None = None  # the same, by the forecast of ``before_on``
    before_on: date | None = None


class QueueWeightsRow(SQLModel, table=True):
    """One version of what a company's order of the day counts; the one of the highest number is in force."""

    __tablename__ = "queue_weights"
    __table_args__ = (UniqueConstraint("company_id", "number"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    number: int
    weights: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # percent by factor
    note: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class PortfolioRuleRow(SQLModel, table=True):
    """Which customers a collector gets: all that is given must hold; of several rules the first decides."""

    __tablename__ = "portfolio_rule"
    __table_args__ = (Index("ix_portfolio_rule_place", "company_id", "place"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    place: int
    collector_email: str
    country: str = ""
    segment: str = ""
    name_from: str = ""  # first letters, in lower case, both ends included
    name_to: str = ""
    least_minor: int | None = Field(default=None, sa_type=BigInteger)  # open, of customers of this currency
    most_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class AbsenceRow(SQLModel, table=True):
    """A collector is away from one day to another, and somebody has the customers meanwhile."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("to_on >= from_on", name="span"),
        Index("ix_absence_cover", "cover_email", "from_on", sqlite_where=_STANDING, postgresql_where=_STANDING),
    )
    id: int = Field(default=None, primary_key=True)
    collector_email: str
    cover_email: str
    from_on: date
    to_on: date  # the last day away
    note: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TaskClaimRow(SQLModel, table=True):
    """Who has a customer open to work on it; without a sign of life it lapses."""

    __tablename__ = "task_claim"
    __table_args__ = (Index("ix_task_claim_seen", "seen_at"),)
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    email: str
    taken_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)


class SavedFilterRow(SQLModel, table=True):
    """A choice of tasks that somebody named, as the address has it."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("email", "name"),)
    id: int = Field(default=None, primary_key=True)
    email: str
    name: str
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=UtcDateTime)


class CollectorGoalRow(SQLModel, table=True):
    """What a collector is to collect in a month of one company's customers."""

    __tablename__ = "collector_goal"
    __table_args__ = (
        UniqueConstraint("company_id", "collector_email", "month_on", "currency"),
        CheckConstraint("amount_minor >= 0", name="amount"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    collector_email: str
    month_on: date  # its first day
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    set_by: str
    set_at: datetime = Field(sa_type=UtcDateTime)
