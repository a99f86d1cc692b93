"""Credit: limits as they were decided, requests with their steps, accepted orders, standings, scores and alerts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime

_IN_FORCE = text("replaced_at IS NULL")
_OPEN = text("state = 'open'")
_COUNTS = text("ended_on IS NULL")


class CreditLimitRow(SQLModel, table=True):
    """A limit as a person decided it; the one that is not replaced says how long the customer's limit holds.

    The amount that counts stands on the customer: an import may change it, and then this row speaks of it no more.
    """

    __tablename__ = "credit_limit"
    __table_args__ = (
        Index(
            "uq_credit_limit_in_force",
            "company_id",
            "customer_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        Index("ix_credit_limit_customer", "customer_id", "decided_on"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)  # none: no limit
    currency: str
    valid_until: date | None = None  # its last day
    insured_minor: int | None = Field(default=None, sa_type=BigInteger)  # the part that an insurer covers
    note: str = ""
    decided_on: date
    decided_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str
    reviewed_on: date  # the day it was last looked at and kept
    reviewed_by: str
    request_id: int | None = None
    replaced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CreditRequestRow(SQLModel, table=True):
    """A wish for another limit; approved in turn by the roles of ``steps``, of which ``steps_done`` have said yes."""

    __tablename__ = "credit_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'approved', 'refused', 'withdrawn')", name="state"),
        Index(
            "uq_credit_request_open",
            "company_id",
            "customer_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_credit_request_state", "company_id", "state"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE", index=True)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    valid_until: date | None = None
    insured_minor: int | None = Field(default=None, sa_type=BigInteger)
    before_minor: int | None = Field(default=None, sa_type=BigInteger)  # the limit when it was asked
    reason: str
    state: str = "open"
    steps: list[str] = Field(default_factory=list, sa_type=JSON)  # roles, in turn
    steps_done: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # {"role", "by", "on", "note"}
    asked_on: date
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: str
    decided_on: date | None = None
    decided_by: str = ""
    note: str = ""


class OrderReservationRow(SQLModel, table=True):
    """An accepted order that counts against the limit until it is invoiced, released or expired."""

    __tablename__ = "order_reservation"
    __table_args__ = (
        UniqueConstraint("company_id", "customer_id", "reference"),
        Index(
            "ix_order_reservation_counts",
            "customer_id",
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    reference: str  # the order's number: an invoice that names it takes its place
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    terms_days: int | None = None
    reserved_on: date
    expires_on: date  # the last day on which it counts
    ended_on: date | None = None  # released by a person or a program, or found to be invoiced or expired
    ended_as: str = ""  # released invoiced expired
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str


class CustomerStandingRow(SQLModel, table=True):
    """The standing of a customer as last judged, since when, and why; what sales is told of is a change of it."""

    __tablename__ = "customer_standing"
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    level: str
    since_on: date
    judged_on: date
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # {"code", "facts"}


class StandingChangeRow(SQLModel, table=True):
    """A customer's change from one standing to another, with the reasons of the new one; append-only."""

    __tablename__ = "standing_change"
    __table_args__ = (
        Index("ix_standing_change_customer", "customer_id", "changed_on"),
        Index("ix_standing_change_day", "company_id", "changed_on"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    changed_on: date
    changed_at: datetime = Field(sa_type=UtcDateTime)
    before: str
    after: str
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class ScoreRow(SQLModel, table=True):
    """A score of a customer on a day: our own with its parts, or an agency's; written when it changed."""

    __tablename__ = "customer_score"
    __table_args__ = (UniqueConstraint("company_id", "customer_id", "source", "scored_on"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE", index=True)
    source: str  # payer, or the agency
    scored_on: date
    score: int
    parts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class CreditAlertRow(SQLModel, table=True):
    """What a credit manager should know of a customer's limit, from the day it began to the day it ended."""

    __tablename__ = "credit_alert"
    __table_args__ = (
        Index(
            "uq_credit_alert_open",
            "company_id",
            "customer_id",
            "kind",
            unique=True,
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE", index=True)
    kind: str  # over_limit near_limit limit_ended
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    since_on: date
    ended_on: date | None = None
