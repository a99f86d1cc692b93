"""What is kept of customers beside the ledger: numbers, files, mentions of colleagues, who was merged into whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.tables.colleague_mail import ColleagueMailRow, mail_constraints
from ar_cockpit.db.types import UtcDateTime


class CustomerMergeRow(SQLModel, table=True):
    """A customer that became another one: its address leads there, and imports that name it mean the other."""

    __tablename__ = "customer_merge"
    __table_args__ = (UniqueConstraint("company_id", "from_id", name="uq_customer_merge_from"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    from_id: int = Field(foreign_key="customer.id")
    into_id: int = Field(foreign_key="customer.id", index=True)
    merged_at: datetime = Field(sa_type=UtcDateTime)
    merged_by: str
    reason: str = ""
    moved: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # how many rows of each kind


class CustomerIdentityRow(SQLModel, table=True):
    """What a customer is known by beside the ledger's own numbers; its bank account is for finance alone."""

    __tablename__ = "customer_identity"
    __table_args__ = (Index("ix_customer_identity_lei", "company_id", "lei"),)
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    lei: str = ""  # ISO 17442
    iban: str = ""  # ISO 13616, packed
    onboarded_on: date  # or the day on which the numbers of a customer of the ledger were first written down
    onboarded_by: str  # empty for one that the ledger brought


class CustomerFileRow(SQLModel, table=True):
    """A file about a customer, found by its SHA-256 like an invoice's document."""

    __tablename__ = "customer_file"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        Index("ix_customer_file_customer", "customer_id", "uploaded_at"),
        Index("ix_customer_file_sha256", "sha256"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    media_type: str
    original_name: str  # shown as text, never a path
    finance_only: bool = False  # sales do not see it
    uploaded_by: str
    uploaded_at: datetime = Field(sa_type=UtcDateTime)
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    removed_by: str = ""


class MentionMailRow(ColleagueMailRow, table=True):
    """A mail that tells an absent colleague of mentions."""

    __tablename__ = "mention_mail"
    __table_args__ = mail_constraints("mention_mail")
    user_id: int = Field(foreign_key="app_user.id", index=True)


class MentionRow(SQLModel, table=True):
    """A colleague named in a note: unread until it was looked at, and mailed once if nobody looked."""

    __tablename__ = "mention"
    __table_args__ = (
        UniqueConstraint("touchpoint_id", "user_id", name="uq_mention_touchpoint_user"),
        Index("ix_mention_user", "user_id", "read_at"),
        Index("ix_mention_customer", "customer_id"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    touchpoint_id: int = Field(foreign_key="touchpoint.id")
    user_id: int = Field(foreign_key="app_user.id")
    mentioned_by: str
    mentioned_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    mail_id: int | None = Field(default=None, foreign_key="mention_mail.id", index=True)
