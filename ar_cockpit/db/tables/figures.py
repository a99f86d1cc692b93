"""What is derived from the ledger and kept beside it: sums by day, priorities, and what of them is out of date."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, String, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)

# Ties are settled by codes, in the same order in Python, SQLite and PostgreSQL.
_BY_CODE_POINT = String().with_variant(String(collation="C"), "postgresql")


class LedgerFlowRow(SQLModel, table=True):
    """What one day changed: a day's open amounts are the sums of all rows up to it.

    ``past_30_minor`` is what became more than 30 days overdue that day, less what was paid of such documents; so
    the ageing of any day, past or present, is one sum over a few rows.
    """

    __tablename__ = "ledger_flow"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    currency: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    documents: int  # dated that day
    sold_minor: int = Field(sa_type=BigInteger)
    open_minor: int = Field(sa_type=BigInteger)
    past_0_minor: int = Field(sa_type=BigInteger)
    past_30_minor: int = Field(sa_type=BigInteger)
    past_60_minor: int = Field(sa_type=BigInteger)
    past_90_minor: int = Field(sa_type=BigInteger)
    past_120_minor: int = Field(sa_type=BigInteger)


class AppliedFlowRow(SQLModel, table=True):
    """What was applied on a day to the documents of one month: what came within a month of any month's end."""

    __tablename__ = "applied_flow"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    currency: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    month: str = Field(primary_key=True)  # of the documents' own dates, as 2026-03
    applied_minor: int = Field(sa_type=BigInteger)


class CustomerBalanceRow(SQLModel, table=True):
    """What a customer owes in one currency on a company's ``balances_on``, and what came since its month began."""

    __tablename__ = "customer_balance"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    currency: str = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)  # a customer that goes takes its company's rows back
    documents: int  # that are open
    overdue_documents: int
    open_minor: int = Field(sa_type=BigInteger)
    overdue_minor: int = Field(sa_type=BigInteger)
    # Of documents from before the month that are due by its end: what is open, and what was applied in the month.
    left_minor: int = Field(sa_type=BigInteger)
    of_due_minor: int = Field(sa_type=BigInteger)
    collected_minor: int = Field(sa_type=BigInteger)  # applied since the month began until the day


class KindBalanceRow(SQLModel, table=True):
    """What the customers of one kind owe: those that agree in everything that customers are grouped by.

    Every customer is of a kind, also who owes nothing: it is one in its own currency then.
    """

    __tablename__ = "kind_balance"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    currency: str = Field(primary_key=True)
    country: str = Field(primary_key=True)
    sales: str = Field(primary_key=True)
    collector: str = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    band: str = Field(primary_key=True)  # of payer scores
    customers: int  # with open documents
    firsts: int  # of them, those without open documents in a currency before this one: counted once in all
    overdue_customers: int
    overdue_documents: int
    open_minor: int = Field(sa_type=BigInteger)
    overdue_minor: int = Field(sa_type=BigInteger)
    left_minor: int = Field(sa_type=BigInteger)
    of_due_minor: int = Field(sa_type=BigInteger)
    collected_minor: int = Field(sa_type=BigInteger)


class LedgerPackRow(SQLModel, table=True):
    """The documents of some customers and what was applied to them, as columns of numbers.

    How they are made and read says :mod:`ar_cockpit.db.queries.figures.packs`.
    """

    __tablename__ = "ledger_pack"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)  # of customers whose keys follow each other
    currencies: str  # of these documents and payments, in order
    documents: bytes = Field(sa_type=LargeBinary)
    applied: bytes = Field(sa_type=LargeBinary)


class FiguresStateRow(SQLModel, table=True):
    """Whether what is kept for a company may be relied on; the database's own triggers take it back."""

    __tablename__ = "figures_state"
    company_id: int = Field(primary_key=True, foreign_key="company.id", ondelete="CASCADE")
    flows_are_built: bool = False
    # Counts the statements that changed documents or allocations, so that writers and whoever sums up take turns.
    writes: int = Field(default=0, sa_type=BigInteger)
    priorities_on: date | None = None  # the business date of the stored priorities; none: there are none
    # The day of what each customer owes, which holds while the sums by day do; none: it is to be made.
    balances_on: date | None = None
    # Whether the ledger's packs hold, which they do while the sums by day do; or who is making them.
    packing: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})


_OF_A_DAY = ("customer_id", "company_id", "currency", "overdue_minor", "codes")


class CustomerPriorityRow(SQLModel, table=True):
    """A customer's task of one day, as :mod:`ar_cockpit.domain.collecting.priority` judged it."""

    __tablename__ = "customer_priority"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'snoozed', 'done')", name="state"),
        # In working order, with what tabs tell and who is on a page: the tasks themselves are not looked at.
        Index("ix_customer_priority_mine", "collector_email", "state", "rank_key", *_OF_A_DAY),
        Index("ix_customer_priority_all", "state", "rank_key"),
        Index("ix_customer_priority_sums", "company_id", "state", "currency", "overdue_minor"),
        Index("ix_customer_priority_codes", "company_id", "state", "codes"),
    )
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    company_id: int = Field(foreign_key="company.id", ondelete="CASCADE")
    judged_on: date
    collector_email: str  # lower case
    state: str
    rank_key: str = Field(sa_type=_BY_CODE_POINT)
    score: int
    at_stake: int = Field(sa_type=BigInteger)
    oldest_days: int
    currency: str
    overdue_minor: int = Field(sa_type=BigInteger)
    open_minor: int = Field(sa_type=BigInteger)
    action: str = ""
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    codes: str = ""  # of the reasons, each between blanks
    snoozed_until: date | None = None
    done_by: str = ""


class KeptPayerScoreRow(SQLModel, table=True):
    """A customer's payer score of the day of its kept task; a customer without a score has none."""

    __tablename__ = "kept_payer_score"
    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    judged_on: date
    score: int


class PriorityMarkRow(SQLModel, table=True):
    """A customer of whom something changed since its priority was stored; written by triggers alone."""

    __tablename__ = "priority_mark"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int = Field(default=None, primary_key=True)
    customer_id: int = Field(index=True)


# What can be made anew from the ledger at any time, and is by the triggers and jobs of the database it stands in.
DERIVED_TABLES = frozenset(
    str(row.__tablename__)
    for row in (
        *(LedgerFlowRow, AppliedFlowRow, CustomerBalanceRow, KindBalanceRow),
        *(FiguresStateRow, CustomerPriorityRow, KeptPayerScoreRow, PriorityMarkRow),
    )
)
