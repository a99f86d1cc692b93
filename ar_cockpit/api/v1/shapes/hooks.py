"""Webhooks as they are given and told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ar_cockpit.api.v1.shapes.asked import Cursor, Word
from ar_cockpit.domain.webhooks.events import EventType

_PUBLIC = (
    r"^https://([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.){1,4}[a-z]{2,20}(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~-]{0,60}){0,9}$"
)
Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000),
    # Said and not demanded: private addresses and plain http can be allowed, and are looked at where it is sent.
    Field(json_schema_extra={"pattern": _PUBLIC}, examples=["https://example.com/hooks/receivables"]),
]
Events = Annotated[list[EventType], Field(min_length=1, max_length=len(EventType))]
Description = Annotated[str, StringConstraints(max_length=300)]


class WebhookGiven(BaseModel):
    """An address that wants to be told."""

    model_config = ConfigDict(extra="forbid")
    url: Url
    events: Events
    description: Description = ""
    company: Word | None = Field(default=None, description="A company's code; all that the token reaches by default.")


class WebhookChange(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    state: Literal["active", "disabled"] | None = None


class DeliveriesAsked(BaseModel):
    """A page of the delivery log."""

    model_config = ConfigDict(extra="forbid")
    limit: int = Field(default=50, ge=1, le=200)
    cursor: Cursor | None = Field(default=None, description="`next` of the page before.")


class Webhook(BaseModel):
    """A registered address; `reason` says why it was disabled."""

    id: int
    company: str | None
    url: str
    description: str
    events: list[EventType]
    state: Literal["active", "disabled"]
    reason: str
    failing_since: datetime | None
    created_at: datetime


class WebhookMade(Webhook):
    """A new address, with the secret that signs what it is sent: shown this once."""

    secret: str


class Secret(BaseModel):
    """A new secret: shown this once."""

    secret: str


class Webhooks(BaseModel):
    """All addresses that the token may manage."""

    items: list[Webhook]


class AttemptTold(BaseModel):
    """One try: the answer's status and beginning, or what went wrong."""

    number: int
    at: datetime
    status: int | None
    duration_ms: int
    snippet: str
    error: str


class DeliveryTold(BaseModel):
    """An event on its way, with its tries."""

    id: int
    event_id: str
    type: EventType
    state: Literal["waiting", "claimed", "delivered", "failed", "cancelled"]
    occurred_at: datetime
    next_attempt_at: datetime | None
    attempts: list[AttemptTold]


class DeliveryPage(BaseModel):
    """Deliveries, newest first; ``next`` is the cursor that goes on, ``null`` at the end."""

    items: list[DeliveryTold]
    next: str | None
