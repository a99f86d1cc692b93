"""What mail accounts and mailboxes leave: how much was sent, what was tried, and what came back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from ar_cockpit.db import metadata as _named  # noqa: F401 (sets the naming convention before the first table)
from ar_cockpit.db.types import UtcDateTime


class MailAccountRow(SQLModel, table=True):
    """An account that mails leave by, known by user, host and port; its secrets stay in the environment."""

    __tablename__ = "mail_account"
    __table_args__ = (UniqueConstraint("name"),)
    id: int = Field(default=None, primary_key=True)
    name: str
    refusals: int = 0  # times in a row that it could not be used
    refused_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str = ""


class MailPaceRow(SQLModel, table=True):
    """How many messages an account was given in one part of a cap's span, on the database's clock."""

    __tablename__ = "mail_pace"
    __table_args__ = (UniqueConstraint("account_id", "span_seconds", "part", name="uq_mail_pace_part"),)
    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="mail_account.id")
    span_seconds: int
    part: int = Field(sa_type=BigInteger)  # seconds since 1970, divided by a sixtieth of the span
    taken: int = 0


class MessageEventRow(SQLModel, table=True):
    """Something that happened to a message beside being sent: a refusal, a person's decision, a bounce."""

    __tablename__ = "message_event"
    __table_args__ = (Index("ix_message_event_message", "message_row_id", "happened_at"),)
    id: int = Field(default=None, primary_key=True)
    message_row_id: int = Field(foreign_key="message.id")
    happened_at: datetime = Field(sa_type=UtcDateTime)
    kind: str
    words: str = ""
    actor_email: str = ""


class IncomingMailRow(SQLModel, table=True):
    """A mail that came back about a message of ours, once; mails about nothing of ours are not kept."""

    __tablename__ = "incoming_mail"
    __table_args__ = (
        UniqueConstraint("key", name="uq_incoming_mail_key"),
        CheckConstraint(
            "kind IN ('reply', 'auto_reply', 'bounce', 'expired', 'delayed', 'delivered', 'copy')", name="kind"
        ),
        Index("ix_incoming_mail_message", "message_row_id", "received_at"),
    )
    id: int = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    message_row_id: int = Field(foreign_key="message.id")
    key: str  # its own Message-ID; without one, the mailbox and its place in it
    kind: str
    sender: str = ""
    subject: str = ""
    text: str = ""
    status: str = ""  # RFC 3463, such as 5.1.1
    received_at: datetime = Field(sa_type=UtcDateTime)
    read_at: datetime = Field(sa_type=UtcDateTime)


class MailboxRow(SQLModel, table=True):
    """How far a mailbox was read; its flags are left to those who read it too."""

    __tablename__ = "mailbox"
    __table_args__ = (UniqueConstraint("name"),)
    id: int = Field(default=None, primary_key=True)
    name: str
    uid_validity: int = Field(default=0, sa_type=BigInteger)
    last_uid: int = Field(default=0, sa_type=BigInteger)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
