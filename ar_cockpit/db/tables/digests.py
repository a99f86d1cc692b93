"""What sales owners are told of coming firm steps: one mail a day each, with the pauses it offers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class SalesDigestRow(SQLModel, table=True):
    """One sales owner's mail of one business date, sent at most once like a customer's message.

    Its words are made from its lines when it goes, so that no signed link rests in the database.
    """

    __tablename__ = "sales_digest"
    __table_args__ = (
        UniqueConstraint("user_id", "business_on", name="uq_sales_digest_day"),
        UniqueConstraint("message_id", name="uq_sales_digest_message_id"),
        CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name="state"
        ),
        Index("ix_sales_digest_waiting", "state", "next_attempt_at"),
    )
    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id")
    recipient: str
    business_on: date
    message_id: str  # RFC 5322 Message-ID, the same at each try
    sender: str
    reply_to: str
    state: str = "queued"
    attempts: int = 0
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = ""


class SalesDigestLineRow(SQLModel, table=True):
    """One customer's coming step in a digest, and whether its pause was used."""

    __tablename__ = "sales_digest_line"
    __table_args__ = (UniqueConstraint("digest_id", "customer_id", "step", name="uq_sales_digest_line_step"),)
    id: int = Field(default=None, primary_key=True)
    digest_id: int = Field(foreign_key="sales_digest.id")
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id", index=True)
    step: str
    template: str
    channel: str
    comes_on: date  # not before this day
    invoice_ids: list[int] = Field(default_factory=list, sa_type=JSON)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    paused_until: date | None = None


class WeeklyDigestRow(SQLModel, table=True):
    """One sales owner's mail of a week's changes, sent at most once by the protocol of sales digests.

    Its words are made from the facts when it goes: what was taken back meanwhile is not told.
    """

    __tablename__ = "weekly_digest"
    __table_args__ = (
        UniqueConstraint("user_id", "business_on", name="uq_weekly_digest_week"),
        UniqueConstraint("message_id", name="uq_weekly_digest_message_id"),
        CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name="state"
        ),
        Index("ix_weekly_digest_waiting", "state", "next_attempt_at"),
    )
    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id")
    recipient: str
    business_on: date  # the Monday after the week it tells of
    message_id: str  # RFC 5322 Message-ID, the same at each try
    sender: str
    reply_to: str
    state: str = "queued"
    attempts: int = 0
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = ""
