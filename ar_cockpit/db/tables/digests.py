"""What sales owners are told of coming firm steps: one mail a day each, with the pauses it offers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.tables.colleague_mail import ColleagueMailRow, mail_constraints
from ar_cockpit.db.types import UtcDateTime


class SalesDigestRow(ColleagueMailRow, table=True):
    """One sales owner's mail of one business date; what it tells is made from its lines."""

    __tablename__ = "sales_digest"
    __table_args__ = (
        UniqueConstraint("user_id", "business_on", name="uq_sales_digest_day"),
        *mail_constraints("sales_digest"),
    )
    user_id: int = Field(foreign_key="app_user.id")


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
