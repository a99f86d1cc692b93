"""The ledger: customers, what they were billed, what they paid, and what they said about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime
from ar_cockpit.domain.calendar import OPEN_END

_NOTES, _WRITTEN_OFF = text("amount_minor < 0"), text("written_off_on IS NOT NULL")
_OF_OPEN_DOCUMENTS = ("due_on", "invoice_on", "customer_id", "open_minor")


def _of_imports(table: str) -> Index:
    """Return the index of the import that rows came with; they lie together, which PostgreSQL makes the most of."""
    name, lean = f"ix_{table}_import_batch_id", {"autosummarize": "on"}
    return Index(name, "import_batch_id", postgresql_using="brin", postgresql_with=lean)


class CustomerRow(SQLModel, table=True):
    """The debtor, a business, belonging to one company of the seller."""

    __tablename__ = "customer"
    __table_args__ = (
        UniqueConstraint("company_id", "code"),
        Index("ix_customer_collector", "collector_email"),
        Index("ix_customer_sales", "sales_email"),
        Index("ix_customer_name", "company_id", "name"),
        Index("ix_customer_group", "company_id", "group_code"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    code: str
    name: str
    city: str = ""
    # Street, post code and town as they stand on a letter, one line each, without name and country.
    postal_address: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    country: str = ""
    language: str = ""
    currency: str
    payment_terms_days: int
    credit_limit_minor: int | None = Field(default=None, sa_type=BigInteger)
    external_score: int | None = None
    segment_key: str = ""  # explicit: beats every rule
    sales_email: str = ""
    collector_email: str = ""
    parent_code: str = ""
    # The head of its group, itself if it is one; empty outside of groups. Follows from the parents of the company.
    group_code: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    registration_number: str = ""
    vat_number: str = ""
    tags: list[str] = Field(default_factory=list, sa_type=JSON)
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    last_reminded_on: date | None = None  # spacing: the day of the last reminder that is neither courtesy nor thanks
    snoozed_until: date | None = None
    # Hundredths of a percent a year for late payments, as agreed with this customer; none: its company's terms.
    late_rate_bp: int | None = None
    # Out of the lists while it owes nothing; a merged one is archived too, see ``customer_merge``.
    archived_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    archived_by: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    import_batch_id: int | None = Field(default=None, foreign_key="import_batch.id")


class ContactRow(SQLModel, table=True):
    """A person at the customer."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("company_id", "customer_id", "email", "name"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id", index=True)
    name: str = ""
    email: str = ""
    phone: str = ""
    role: str = "accounts_payable"
    language: str = ""
    is_primary: bool = True
    bounced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The address that bounced: with another one the mark no longer holds. Empty: whichever there is.
    bounced_email: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    left_on: date | None = None  # no longer with the customer since: nobody writes to it any more
    gets_reminders: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})


class InvoiceRow(SQLModel, table=True):
    """An invoice or a credit note; ``open_minor`` and ``closed_on`` are written with the allocation."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        CheckConstraint("kind IN ('invoice', 'credit_note')", name="kind"),
        Index("ix_invoice_span", "company_id", "currency", "invoice_on", "closed_on"),
        Index("ix_invoice_customer", "customer_id", "closed_on", "due_on"),
        _of_imports("invoice"),
        # Everything that the sums of a day's open documents ask for, so that they need not look at the rows.
        Index("ix_invoice_standing", "company_id", "currency", "closed_on", *_OF_OPEN_DOCUMENTS),
        # Of few documents each: what covers a customer's invoices, and what is written off, without looking at all.
        Index("ix_invoice_notes", "customer_id", "closed_on", sqlite_where=_NOTES, postgresql_where=_NOTES),
        Index("ix_invoice_written_off", "written_off_on", sqlite_where=_WRITTEN_OFF, postgresql_where=_WRITTEN_OFF),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int  # its customer's, which is guarded
    customer_id: int = Field(foreign_key="customer.id")
    number: str
    kind: str = "invoice"
    invoice_on: date
    due_on: date
    amount_minor: int = Field(sa_type=BigInteger)  # signed: credit notes are negative
    open_minor: int = Field(sa_type=BigInteger)  # amount less all allocations, of whatever date
    closed_on: date = OPEN_END  # the settlement date: the day the open amount reached zero
    currency: str
    po_number: str = ""
    description: str = ""
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    written_off_on: date | None = None
    import_batch_id: int | None = None


class PaymentRow(SQLModel, table=True):
    """Money received; negative for money paid back."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        _of_imports("payment"),
        Index("ix_payment_paid", "company_id", "currency", "paid_on"),
        Index(
            "ix_payment_unapplied",
            "company_id",
            "currency",
            "paid_on",
            "unapplied_minor",
            "customer_id",
            sqlite_where=text("unapplied_minor != 0"),
            postgresql_where=text("unapplied_minor <> 0"),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int  # its customer's, which is guarded
    customer_id: int = Field(foreign_key="customer.id", index=True)
    number: str
    paid_on: date
    amount_minor: int = Field(sa_type=BigInteger)
    unapplied_minor: int = Field(sa_type=BigInteger)  # amount less all its allocations
    currency: str
    reference: str = ""
    method: str = ""
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=True)
    import_batch_id: int | None = None


class AllocationRow(SQLModel, table=True):
    """The part of a payment applied to one invoice on one date; negative on a credit note."""

    __tablename__ = "allocation"
    __table_args__ = (
        UniqueConstraint("company_id", "payment_id", "invoice_id", "allocated_on"),
        Index("ix_allocation_invoice", "invoice_id", "allocated_on", "amount_minor"),
        Index("ix_allocation_payment", "payment_id", "allocated_on", "amount_minor"),
        Index("ix_allocation_day", "company_id", "allocated_on"),
        _of_imports("allocation"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int  # its customer's, which is guarded
    payment_id: int = Field(foreign_key="payment.id")
    invoice_id: int = Field(foreign_key="invoice.id")
    amount_minor: int = Field(sa_type=BigInteger)
    allocated_on: date
    custom: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, nullable=True)
    import_batch_id: int | None = None


class DisputeRow(SQLModel, table=True):
    """A customer's objection to one invoice; while open (``closed_on`` far away) its reminders pause."""

    __tablename__ = "dispute"
    __table_args__ = (
        Index("ix_dispute_invoice", "invoice_id", "closed_on"),
        Index(
            "uq_dispute_open_invoice",
            "company_id",
            "invoice_id",
            unique=True,
            sqlite_where=text("closed_on = '9999-12-31'"),
            postgresql_where=text("closed_on = '9999-12-31'"),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id", index=True)
    invoice_id: int = Field(foreign_key="invoice.id")
    reason: str  # price quantity delivery quality missing_order_number duplicate other
    note: str = ""
    owner_email: str = ""
    opened_on: date
    # An imported flag says that there is a dispute, not since when: its row begins with the invoice.
    opened_on_is_known: bool = True
    answer_due_on: date
    closed_on: date = OPEN_END
    outcome: str = ""  # justified unjustified credit_note withdrawn
    opened_by: str = ""


class PromiseRow(SQLModel, table=True):
    """A promise to pay an amount on a date; kept or broken by the allocations up to date + grace."""

    __tablename__ = "promise"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'kept', 'broken', 'cancelled')", name="state"),
        Index("ix_promise_customer", "customer_id", "state"),
        Index("ix_promise_due", "state", "promised_for"),
        Index("ix_promise_series", "series_id"),
        Index("ix_promise_listed", "company_id", "promised_for"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    made_on: date
    promised_for: date
    grace_days: int
    # As last evaluated by the nightly job; figures of any as-of date are computed from allocations instead.
    state: str = "open"
    decided_on: date | None = None
    cancelled_on: date | None = None
    note: str = ""
    made_by: str = ""
    # Of one agreement with several dates: the key of its first promise, and what was promised for the dates before.
    series_id: int | None = None
    before_minor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    received_minor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    plan_id: int | None = None  # the payment plan whose instalment it is
    # Of one that was cancelled after the day it was made: replaced given_up
    end_reason: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class PromiseInvoiceRow(SQLModel, table=True):
    """An invoice that a promise covers."""

    __tablename__ = "promise_invoice"
    __table_args__ = (UniqueConstraint("promise_id", "invoice_id"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    promise_id: int = Field(foreign_key="promise.id")
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
