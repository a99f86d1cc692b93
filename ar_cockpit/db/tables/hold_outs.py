"""The randomised hold-out of reminders: a company's trials, and the invoices that take part."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class HoldOutRow(SQLModel, table=True):
    """A trial: which share of good payers, in percent, is reminded how many days later, and until when."""

    __tablename__ = "hold_out"
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE", index=True)
    share: int
    days: int
    starts_on: date
    ends_on: date  # the last day on which anybody new takes part
    stopped_on: date | None = None  # by a person: from here on nothing waits for it
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    stopped_by: str = ""


class HoldOutInvoiceRow(SQLModel, table=True):
    """An invoice whose reminder was due in a trial, and what chance decided: at once, or held until a day."""

    __tablename__ = "hold_out_invoice"
    __table_args__ = (
        UniqueConstraint("invoice_id", "step", "trial_id", name="uq_hold_out_invoice"),
        Index("ix_hold_out_invoice_trial", "trial_id", "is_held"),
    )
    id: int = Field(default=None, primary_key=True)
    trial_id: int = Field(foreign_key="hold_out.id", ondelete="CASCADE")
    invoice_id: int = Field(foreign_key="invoice.id", ondelete="CASCADE")
    step: str
    is_held: bool
    decided_on: date
    until_on: date  # the day on which it goes
