"""What every table of mails to our own people has: the columns and constraints of its protocol, said once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class ColleagueMailRow(SQLModel):
    """A mail to one of our own people, sent at most once like a customer's message.

    Its words are made when it goes, as things stand then; no signed link rests in the database.
    """

    id: int = Field(default=None, primary_key=True)
    recipient: str
    business_on: date
    message_id: str  # RFC 5322 Message-ID, the same at each try
    sender: str
    reply_to: str
    state: str = "queued"
    attempts: int = 0
    owner: str = ""
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    queued_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = ""


def mail_constraints(table: str) -> tuple[UniqueConstraint, CheckConstraint, Index]:
    """Return what the protocol needs of ``table``: no Message-ID twice, known states, the waiting found quickly."""
    return (
        UniqueConstraint("message_id", name=f"uq_{table}_message_id"),
        CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name="state"
        ),
        Index(f"ix_{table}_waiting", "state", "next_attempt_at"),
    )
