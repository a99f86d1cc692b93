"""What was agreed with customers beyond a single promise: payment plans, disputes in full, and what finance decides."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class PaymentPlanRow(SQLModel, table=True):
    """Instalments agreed for some invoices; once it runs, each instalment is a promise that names the plan."""

    __tablename__ = "payment_plan"
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'active', 'completed', 'broken', 'cancelled', 'refused')", name="state"),
        Index("ix_payment_plan_customer", "customer_id", "state"),
        Index("ix_payment_plan_company", "company_id", "state", "made_on"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    currency: str
    principal_minor: int = Field(sa_type=BigInteger)
    interest_minor: int = Field(default=0, sa_type=BigInteger)  # paid on top of the invoices, with the last instalment
    every: str  # week fortnight month
    made_on: date
    last_due_on: date
    # As last evaluated by the nightly job, like the promises it is made of.
    state: str = "proposed"
    state_on: date
    note: str = ""
    made_by: str = ""
    # {"invoices": [id, ...], "instalments": [{"due_on", "minor", "interest_minor"}, ...]} as agreed
    schedule: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class DisputeCaseRow(SQLModel, table=True):
    """What is known of a dispute beside its reason and days: the amount, the owner's answer, how it was resolved."""

    __tablename__ = "dispute_case"
    __table_args__ = (UniqueConstraint("dispute_id"),)
    id: int = Field(default=None, primary_key=True)
    # An imported dispute goes with its import when that is taken back, and its case with it.
    dispute_id: int = Field(
        sa_column=Column(Integer, ForeignKey("dispute.id", ondelete="CASCADE"), nullable=False),
    )
    company_id: int = Field(foreign_key="company.id")
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)  # without one: whatever is open
    told: list[str] = Field(default_factory=list, sa_type=JSON)  # whom it concerns besides the owner
    answer: str = ""
    answered_on: date | None = None
    answered_by: str = ""
    resolution: str = ""
    credit_minor: int | None = Field(default=None, sa_type=BigInteger)  # of the credit note that was proposed
    closed_by: str = ""


class ProposalRow(SQLModel, table=True):
    """Something a collector asks finance for: a hold, a write-off, a credit note, or a long payment plan."""

    __tablename__ = "act_proposal"
    __table_args__ = (
        CheckConstraint("kind IN ('hold', 'write_off', 'credit_note', 'plan')", name="kind"),
        CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'withdrawn')", name="state"),
        Index("ix_act_proposal_state", "state", "company_id"),
        Index("ix_act_proposal_customer", "customer_id", "state"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    kind: str
    plan_id: int | None = Field(default=None, foreign_key="payment_plan.id", index=True)
    dispute_id: int | None = None  # an imported dispute may go with its import; the proposal keeps its number
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = ""
    invoices: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  # {"id", "number", "minor"} as proposed
    reason: str
    state: str = "waiting"
    proposed_on: date
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    proposed_by: str
    decided_on: date | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = ""
    decision_note: str = ""
