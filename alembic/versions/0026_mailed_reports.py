"""Reports that are mailed in a rhythm, what became of each mail, and files made aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_STATES = "state IN ('making', 'queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')"


def _to(table: str, ondelete: str = "CASCADE") -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete=ondelete)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("owner_id", sa.Integer(), _to("app_user"), nullable=False),
        sa.Column("report_id", sa.Integer(), _to("report", "SET NULL"), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("shipped", "name")),
        sa.Column("definition", sa.JSON(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("company", "currency", "ending", "every", "local_time")
        ),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("month_day", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("next_at", _INSTANT, nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
    )
    op.create_index("ix_report_schedule_owner_id", "report_schedule", ["owner_id"])
    op.create_index("ix_report_schedule_next_at", "report_schedule", ["next_at"])
    op.create_table(
        "report_reader",
        sa.Column("schedule_id", sa.Integer(), _to("report_schedule"), primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.Integer(), _to("app_user"), primary_key=True, autoincrement=False),
    )
    _mails()
    op.create_table(
        "report_file",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), _to("app_user"), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("mark"),
    )
    op.create_index("ix_report_file_user_id", "report_file", ["user_id"])


def _mails() -> None:
    op.create_table(
        "report_mail",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("schedule_id", sa.Integer(), _to("report_schedule", "SET NULL"), nullable=True),
        sa.Column("owner_id", sa.Integer(), _to("app_user"), nullable=False),
        sa.Column("user_id", sa.Integer(), _to("app_user"), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("recipient", "message_id", "sender", "reply_to", "name", "file_name")
        ),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("size_bytes", "row_count", "tries")),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("lease_until", _INSTANT, nullable=True),
        sa.Column("next_attempt_at", _INSTANT, nullable=True),
        sa.Column("queued_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.UniqueConstraint("schedule_id", "user_id", "occasion"),
        sa.UniqueConstraint("message_id"),
        sa.CheckConstraint(_STATES, name="state"),
    )
    op.create_index("ix_report_mail_schedule_id", "report_mail", ["schedule_id"])
    op.create_index("ix_report_mail_owner_id", "report_mail", ["owner_id"])
    op.create_index("ix_report_mail_waiting", "report_mail", ["state", "next_attempt_at"])


def downgrade() -> None:
    """Take them away; who was mailed what is lost."""
    for table in ("report_file", "report_mail", "report_reader", "report_schedule"):
        op.drop_table(table)
