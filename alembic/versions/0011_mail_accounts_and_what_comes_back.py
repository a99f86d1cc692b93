"""Mail accounts with their pace, what happened to messages, and the mails that came back about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import AutoString

from ar_cockpit.db.types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, AutoString(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _instant(name: str, *, may_lack: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=may_lack)


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return _number("id"), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _points_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    """Make the tables, the mark's address, and the index of the outbox."""
    op.create_table(
        "mail_account",
        *_key("mail_account"),
        _text("name"),
        _number("refusals"),
        _instant("refused_until", may_lack=True),
        _text("last_error"),
        sa.UniqueConstraint("name", name=op.f("uq_mail_account_name")),
    )
    op.create_table(
        "mailbox",
        *_key("mailbox"),
        _text("name"),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        _instant("read_at", may_lack=True),
        sa.UniqueConstraint("name", name=op.f("uq_mailbox_name")),
    )
    op.create_table(
        "mail_pace",
        *_key("mail_pace"),
        _number("account_id"),
        _number("span_seconds"),
        sa.Column("part", sa.BigInteger(), nullable=False),
        _number("taken"),
        _points_to("mail_pace", "account_id", "mail_account"),
        sa.UniqueConstraint("account_id", "span_seconds", "part", name="uq_mail_pace_part"),
    )
    _make_events_and_incoming()
    with op.batch_alter_table("contact") as batch:
        batch.add_column(sa.Column("bounced_email", AutoString(), server_default=sa.text("''"), nullable=False))
    op.create_index("ix_message_outbox", "message", ["channel", "state", "company_id", "business_on"])


def _make_events_and_incoming() -> None:
    op.create_table(
        "message_event",
        *_key("message_event"),
        _number("message_row_id"),
        _instant("happened_at"),
        *(_text(name) for name in ("kind", "words", "actor_email")),
        _points_to("message_event", "message_row_id", "message"),
    )
    op.create_index("ix_message_event_message", "message_event", ["message_row_id", "happened_at"])
    kinds = "kind IN ('reply', 'auto_reply', 'bounce', 'expired', 'delayed', 'delivered', 'copy')"
    op.create_table(
        "incoming_mail",
        *_key("incoming_mail"),
        _number("company_id"),
        _number("message_row_id"),
        *(_text(name) for name in ("key", "kind", "sender", "subject", "text", "status")),
        _instant("received_at"),
        _instant("read_at"),
        sa.CheckConstraint(kinds, name=op.f("ck_incoming_mail_kind")),
        _points_to("incoming_mail", "company_id", "company"),
        _points_to("incoming_mail", "message_row_id", "message"),
        sa.UniqueConstraint("key", name="uq_incoming_mail_key"),
    )
    op.create_index("ix_incoming_mail_message", "incoming_mail", ["message_row_id", "received_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_message_outbox", table_name="message")
    with op.batch_alter_table("contact") as batch:
        batch.drop_column("bounced_email")
    for table in ("incoming_mail", "message_event", "mail_pace", "mailbox", "mail_account"):
        op.drop_table(table)
