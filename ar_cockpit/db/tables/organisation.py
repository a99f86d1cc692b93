"""The seller's side: companies, users, their roles and their sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class CompanyRow(SQLModel, table=True):
    """One of the seller's legal entities; the first part of every business key."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("code"),)
    id: int = Field(default=None, primary_key=True)
    code: str
    name: str
    country: str = ""
    currency: str
    timezone: str
    language: str = "en"
    iban: str = ""
    bic: str = ""
    address: str = ""
    phone: str = ""
    mail_from: str = ""
    mail_reply_to: str = ""
    # Goals shown beside the figures: {"dso_countback": 50, "overdue_share": 0.3, "collected_month": minor units}
    targets: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    # Hundredths of a percent a year for late payments, as agreed in the terms of sale; none: what the law says.
    late_rate_bp: int | None = None
    is_demo: bool = False


class UserRow(SQLModel, table=True):
    """A person who signs in."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("email"),)
    id: int = Field(default=None, primary_key=True)
    email: str  # lower case
    name: str
    phone: str = ""
    password_hash: str
    language: str = "en"
    theme: str = "system"
    is_active: bool = True
    is_demo: bool = False
    # Whether a sales owner gets the week's changes by mail.
    wants_weekly: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    created_at: datetime = Field(sa_type=UtcDateTime)


class RoleGrantRow(SQLModel, table=True):
    """One role held by a user, in one company or, without one, in all."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "company_id"),
        # NULLs differ from each other in a unique key, so "all companies" needs an index of its own.
        Index(
            "uq_role_grant_all_companies",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("company_id IS NULL"),
            postgresql_where=text("company_id IS NULL"),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="app_user.id", index=True)
    role: str
    company_id: int | None = Field(default=None, foreign_key="company.id")


class UserSessionRow(SQLModel, table=True):
    """A signed-in browser; looked up on every event, so ending the row ends its rights at once."""

    __tablename__ = "user_session"
    __table_args__ = (UniqueConstraint("token_hash"),)
    id: int = Field(default=None, primary_key=True)
    token_hash: str
    user_id: int = Field(foreign_key="app_user.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    address: str = ""
    user_agent: str = ""


class SignInAttemptRow(SQLModel, table=True):
    """A try to sign in, kept to slow down guessing per account and per address."""

    __tablename__ = "sign_in_attempt"
    id: int = Field(default=None, primary_key=True)
    email: str = Field(index=True)
    address: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    succeeded: bool
