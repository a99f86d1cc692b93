"""What other programs hold and are told: API tokens, answers kept for repeated requests, webhooks and their log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class ApiTokenRow(SQLModel, table=True):
    """A program that may call the API; only the digest of its token is kept."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("token_hash"))
    id: int = Field(default=None, primary_key=True)
    name: str
    token_hash: str
    hint: str  # how the token begins, to recognise it by
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    is_for_all_companies: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_by: str = ""
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    # The minute that requests are counted in, and how many of it are handed out to the processes that answer.
    counted_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    counted: int = 0


class ApiTokenCompanyRow(SQLModel, table=True):
    """A company that a token reaches."""

    __tablename__ = "api_token_company"
    __table_args__ = (UniqueConstraint("company_id", "token_id"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    token_id: int = Field(foreign_key="api_token.id", index=True)


class ApiRequestRow(SQLModel, table=True):
    """A request with an idempotency key: under way, or done with the answer that its repetition gets."""

    __tablename__ = "api_request"
    __table_args__ = (
        UniqueConstraint("token_id", "key"),
        CheckConstraint("state IN ('running', 'done')", name="state"),
        Index("ix_api_request_created", "created_at"),
    )
    id: int = Field(default=None, primary_key=True)
    token_id: int = Field(foreign_key="api_token.id")
    key: str
    fingerprint: str  # of address and body: the same key with another request is a mistake
    state: str = "running"
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    status: int = 0
    answer: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)


class WebhookEndpointRow(SQLModel, table=True):
    """An address that wants to be told; for one company or, without one, for all."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (CheckConstraint("state IN ('active', 'disabled')", name="state"),)
    id: int = Field(default=None, primary_key=True)
    company_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    url: str
    description: str = ""
    events: list[str] = Field(default_factory=list, sa_type=JSON)
    secret: str  # signs what is sent, so that it has to be kept as it is
    state: str = "active"
    reason: str = ""  # why it was disabled
    failing_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class WebhookEventRow(SQLModel, table=True):
    """Something that happened, written in the transaction in which it happened."""

    __tablename__ = "webhook_event"
    __table_args__ = (UniqueConstraint("event_id"), Index("ix_webhook_event_occurred", "occurred_at"))
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    event_id: str
    type: str
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class WebhookDeliveryRow(SQLModel, table=True):
    """One event on its way to one endpoint."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event_row_id"),
        CheckConstraint("state IN ('waiting', 'claimed', 'delivered', 'failed', 'cancelled')", name="state"),
        Index("ix_webhook_delivery_waiting", "state", "next_attempt_at"),
        Index("ix_webhook_delivery_event", "event_row_id"),
    )
    id: int = Field(default=None, primary_key=True)
    endpoint_id: int = Field(foreign_key="webhook_endpoint.id")
    event_row_id: int = Field(foreign_key="webhook_event.id")
    state: str = "waiting"
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


class WebhookAttemptRow(SQLModel, table=True):
    """One try to deliver, and what came of it."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index("ix_webhook_attempt_delivery", "delivery_id"),)
    id: int = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="webhook_delivery.id")
    number: int
    at: datetime = Field(sa_type=UtcDateTime)
    status: int | None = None  # the answer's code; none when there was no answer
    duration_ms: int
    snippet: str = ""  # how the answer begins
    error: str = ""
