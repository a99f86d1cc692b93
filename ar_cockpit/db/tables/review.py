"""What people decide about reminders before they go, where customers belong by their behaviour, and jobs asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime

_APPROVED = text("decision = 'approved' AND undone_at IS NULL")
_STANDING = text("released_at IS NULL")
_WAITING = text("started_at IS NULL")


class StepApprovalRow(SQLModel, table=True):
    """A credit manager's word on one step of one invoice: let go, or declined until a day, then asked again."""

    __tablename__ = "step_approval"
    __table_args__ = (
        CheckConstraint("decision IN ('approved', 'declined')", name="decision"),
        Index("ix_step_approval_customer", "customer_id", "decided_on"),
        Index(
            "uq_step_approval_invoice_step",
            "company_id",
            "invoice_id",
            "step",
            unique=True,
            sqlite_where=_APPROVED,
            postgresql_where=_APPROVED,
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    step: str
    decision: str
    decided_on: date
    decided_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str
    note: str = ""
    until_on: date | None = None  # of a declined step: the last day on which nobody is asked again
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReminderStopRow(SQLModel, table=True):
    """A stop of all reminders, of one company or (without one) of all: nothing is planned, nothing leaves."""

    __tablename__ = "reminder_stop"
    __table_args__ = (
        Index("ix_reminder_stop_standing", "company_id", sqlite_where=_STANDING, postgresql_where=_STANDING),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int | None = Field(default=None, foreign_key="company.id")
    reason: str
    stopped_at: datetime = Field(sa_type=UtcDateTime)
    stopped_by: str
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: str = ""


class CustomerSegmentRow(SQLModel, table=True):
    """Where a customer belongs since when, with the facts by which the policy put it there."""

    __tablename__ = "customer_segment"
    __table_args__ = (Index("ix_customer_segment_segment", "company_id", "segment"),)
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    segment: str
    cadence: str
    since_on: date
    judged_on: date
    policy_number: int
    score: int | None = None
    parts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # what the payer score is the sum of
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # as texts, by the policy's field names


class SegmentChangeRow(SQLModel, table=True):
    """A customer's move from one segment to another, and why; append-only."""

    __tablename__ = "segment_change"
    __table_args__ = (Index("ix_segment_change_customer", "customer_id", "changed_on"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    customer_id: int = Field(foreign_key="customer.id", ondelete="CASCADE")
    changed_on: date
    changed_at: datetime = Field(sa_type=UtcDateTime)
    before: str
    after: str
    score_before: int | None = None
    score_after: int | None = None
    policy_number: int
    reason: str  # a code, told in words with ``facts``
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class JobRequestRow(SQLModel, table=True):
    """A person's wish that a job run now; the job process takes it up within seconds."""

    __tablename__ = "job_request"
    __table_args__ = (
        Index("uq_job_request_waiting", "job", unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING),
    )
    id: int = Field(default=None, primary_key=True)
    job: str
    requested_at: datetime = Field(sa_type=UtcDateTime)
    requested_by: str
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
