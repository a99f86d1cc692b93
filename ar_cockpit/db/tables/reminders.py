"""What is said to customers: policy versions, messages, their items, touchpoints and holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime

_FALSE = text("false")


class PolicyVersionRow(SQLModel, table=True):
    """One version of segments and cadences, as its TOML text; the newest with ``activated_at`` is in force."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("number"),)
    id: int = Field(default=None, primary_key=True)
    number: int
    toml: str
    note: str = ""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    activated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    restores: int | None = None  # the number of the version whose text it brought back


class PolicyDraftRow(SQLModel, table=True):
    """One state of the policy's draft; the newest is the draft, an empty text says that there is none.

    Numbers only rise, so that who edits can say which state was seen; ``parent`` is what undoing goes back to.
    """

    __tablename__ = "policy_draft"
    revision: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    parent: int | None = None
    base_number: int  # the version that was in force when the draft was begun
    toml: str
    what: str  # the change in a word, such as step.change
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str


class MessageRow(SQLModel, table=True):
    """One message of a customer's day on one channel; calls and letters awaiting a person are ``to_do``.

    ``recipient`` is the address (or number) written to, so that the unique key holds without a contact too.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("company_id", "customer_id", "business_on", "channel", "recipient", name="uq_message_day"),
        UniqueConstraint("message_id", name="uq_message_message_id"),
        CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'bounced', 'cancelled',"
            " 'to_do', 'done')",
            name="state",
        ),
        Index("ix_message_waiting", "state", "next_attempt_at"),
        Index("ix_message_customer", "customer_id", "business_on"),
        Index("ix_message_outbox", "channel", "state", "company_id", "business_on"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True)
    policy_version_id: int | None = Field(default=None, foreign_key="policy_version.id")
    business_on: date
    channel: str  # email letter call sms
    recipient: str
    message_id: str  # RFC 5322 Message-ID, made from the row's own key and the sending domain
    state: str = "queued"
    origin: str = "cadence"  # cadence | person
    segment: str = ""
    cadence: str = ""
    step: str
    template: str
    tone: str
    language: str
    sender: str = ""
    reply_to: str = ""
    subject: str = ""
    text_body: str = ""
    html_body: str = ""
    images: str = Field(
        default="", sa_column_kwargs={"server_default": text("''")}
    )  # JSON: references, see mail/brand.py
    total_minor: int = Field(sa_type=BigInteger)
    currency: str
    attempts: int = 0
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = ""
    created_by: str = ""
    error: str = ""


class MessageItemRow(SQLModel, table=True):
    """One step done for one invoice: the constraint that keeps a step from being done twice."""

    __tablename__ = "message_item"
    __table_args__ = (
        UniqueConstraint("company_id", "invoice_id", "step", name="uq_message_item_invoice_step"),
        Index("ix_message_item_step", "step", "step_offset"),
        Index(
            "ix_message_item_went",
            "went_on",
            postgresql_where=text("went_on IS NOT NULL"),
            sqlite_where=text("went_on IS NOT NULL"),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    message_row_id: int = Field(foreign_key="message.id", index=True)
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    step: str
    step_offset: int  # days to the due date when it was done, kept so that later policies still know the order
    business_on: date
    open_minor: int = Field(sa_type=BigInteger)
    dropped: str = ""  # why it was left out at the last check, if it was
    went_on: date | None = None  # the day its message left, where that is later than ``business_on``
    firmness: int = Field(
        default=0, sa_column_kwargs={"server_default": text("0")}
    )  # the place of the tone in which the invoice was asked for, mildest first


class MessagePaperRow(SQLModel, table=True):
    """A paper that goes with a message: an invoice's document, or a statement drawn from ``facts``.

    ``sha256`` names the file in the store. A statement's is empty until it is drawn for the first time; from then on
    the same bytes go out, however often the message is tried.
    """

    __tablename__ = "message_paper"
    __table_args__ = (
        UniqueConstraint("company_id", "message_row_id", "place"),
        CheckConstraint("kind IN ('statement', 'invoice', 'letter')", name="kind"),
        Index("ix_message_paper_message", "message_row_id"),
        Index("ix_message_paper_sha256", "sha256"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    message_row_id: int = Field(foreign_key="message.id")
    place: int  # the order in which the reader gets them
    kind: str
    invoice_id: int | None = Field(default=None, foreign_key="invoice.id", index=True)
    file_name: str
    sha256: str = ""
    size_bytes: int = Field(default=0, sa_type=BigInteger)
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # what a statement says, in the reader's words


class TouchpointRow(SQLModel, table=True):
    """Anything that happened with a customer; what a person did can be undone, and says so."""

    __tablename__ = "touchpoint"
    __table_args__ = (
        Index("ix_touchpoint_customer", "customer_id", "happened_on"),
        # Everything that is counted by collector, so that the rows themselves need not be looked at.
        Index("ix_touchpoint_day", "company_id", "happened_on", "kind", "customer_id", "undone_at"),
        # So that a message which is taken back does not have all of them searched.
        Index(
            "ix_touchpoint_message",
            "message_row_id",
            postgresql_where=text("message_row_id IS NOT NULL"),
            sqlite_where=text("message_row_id IS NOT NULL"),
        ),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    # call note promise promise_broken promise_kept dispute dispute_closed snooze hold release pause manual ask
    kind: str
    happened_on: date
    happened_at: datetime = Field(sa_type=UtcDateTime)
    actor_email: str
    text: str = ""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    message_row_id: int | None = Field(default=None, foreign_key="message.id")
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finance_only: bool = Field(default=False, sa_column_kwargs={"server_default": _FALSE})  # not for sales


class HoldRow(SQLModel, table=True):
    """A stop on reminders, for a customer or one invoice.

    ``hold`` by finance, ``sales_pause`` by sales, ``manual`` handling by a collector, ``skip`` for a day in a review.
    With a ``step`` it stops that step of the invoice and the harder ones after it; the milder ones go on.
    """

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("kind IN ('hold', 'sales_pause', 'manual', 'skip')", name="kind"),
        Index("ix_hold_customer", "customer_id", "released_on"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    customer_id: int = Field(foreign_key="customer.id")
    invoice_id: int | None = Field(default=None, foreign_key="invoice.id", index=True)
    kind: str = "hold"
    step: str = Field(default="", sa_column_kwargs={"server_default": text("''")})  # which it stops; empty: all
    reason: str
    set_on: date
    set_by: str
    until_on: date | None = None  # last day of the stop
    released_on: date | None = None
