"""Contacts that left or get no reminders, notes for finance alone, archived and merged customers, files, mentions."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import ar_cockpit.db.types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and make the tables."""
    op.add_column("contact", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column(
        "contact", sa.Column("gets_reminders", sa.Boolean(), nullable=False, server_default=sa.text("true"))
    )
    op.add_column("touchpoint", sa.Column("finance_only", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("customer", sa.Column("late_rate_bp", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("archived_at", _INSTANT, nullable=True))
    op.add_column("customer", sa.Column("archived_by", _TEXT(), nullable=False, server_default=sa.text("''")))
    _merges()
    _files()
    _mentions()


def downgrade() -> None:
    """Take them away; notes for finance alone go too, since nothing would keep them from sales any more."""
    for table in ("mention", "mention_mail", "customer_file", "customer_merge"):
        op.drop_table(table)
    op.execute(sa.text("UPDATE touchpoint SET undone_at = happened_at WHERE finance_only AND undone_at IS NULL"))
    for column in ("archived_by", "archived_at", "late_rate_bp"):
        op.drop_column("customer", column)
    op.drop_column("touchpoint", "finance_only")
    op.drop_column("contact", "gets_reminders")
    op.drop_column("contact", "left_on")


def _merges() -> None:
    op.create_table(
        "customer_merge",
        *_key("customer_merge"),
        *(_number(name) for name in ("company_id", "from_id", "into_id")),
        _instant("merged_at"),
        *(_text(name) for name in ("merged_by", "reason")),
        sa.Column("moved", sa.JSON(), nullable=False),
        _points_to("customer_merge", "company_id", "company"),
        _points_to("customer_merge", "from_id", "customer"),
        _points_to("customer_merge", "into_id", "customer"),
        sa.UniqueConstraint("company_id", "from_id", name="uq_customer_merge_from"),
    )
    op.create_index(op.f("ix_customer_merge_into_id"), "customer_merge", ["into_id"])


def _files() -> None:
    op.create_table(
        "customer_file",
        *_key("customer_file"),
        *(_number(name) for name in ("company_id", "customer_id")),
        _text("sha256"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("media_type", "original_name")),
        sa.Column("finance_only", sa.Boolean(), nullable=False),
        _text("uploaded_by"),
        _instant("uploaded_at"),
        sa.Column("removed_at", _INSTANT, nullable=True),
        _text("removed_by"),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_customer_file_size_bytes")),
        _points_to("customer_file", "company_id", "company"),
        _points_to("customer_file", "customer_id", "customer"),
    )
    op.create_index("ix_customer_file_customer", "customer_file", ["customer_id", "uploaded_at"])
    op.create_index("ix_customer_file_sha256", "customer_file", ["sha256"])


def _mentions() -> None:
    op.create_table(
        "mention_mail",
        *_key("mention_mail"),
        _number("user_id"),
        _text("recipient"),
        sa.Column("business_on", sa.Date(), nullable=False),
        *(_text(name) for name in ("message_id", "sender", "reply_to", "state")),
        _number("attempts"),
        _text("owner"),
        sa.Column("lease_until", _INSTANT, nullable=True),
        sa.Column("next_attempt_at", _INSTANT, nullable=True),
        _instant("queued_at"),
        sa.Column("sent_at", _INSTANT, nullable=True),
        _text("error"),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_mention_mail_state"),
        ),
        _points_to("mention_mail", "user_id", "app_user"),
        sa.UniqueConstraint("message_id", name="uq_mention_mail_message_id"),
    )
    op.create_index("ix_mention_mail_waiting", "mention_mail", ["state", "next_attempt_at"])
    op.create_index(op.f("ix_mention_mail_user_id"), "mention_mail", ["user_id"])
    op.create_table(
        "mention",
        *_key("mention"),
        *(_number(name) for name in ("company_id", "customer_id", "touchpoint_id", "user_id")),
        _text("mentioned_by"),
        _instant("mentioned_at"),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        _points_to("mention", "company_id", "company"),
        _points_to("mention", "customer_id", "customer"),
        _points_to("mention", "touchpoint_id", "touchpoint"),
        _points_to("mention", "user_id", "app_user"),
        _points_to("mention", "mail_id", "mention_mail"),
        sa.UniqueConstraint("touchpoint_id", "user_id", name="uq_mention_touchpoint_user"),
    )
    op.create_index("ix_mention_user", "mention", ["user_id", "read_at"])
    op.create_index("ix_mention_customer", "mention", ["customer_id"])
    op.create_index(op.f("ix_mention_mail_id"), "mention", ["mail_id"])


def _key(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT(), nullable=False)


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, _INSTANT, nullable=False)


def _points_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
