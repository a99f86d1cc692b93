"""What customers are known by beside the ledger's numbers, weekly mails to sales owners, and who wants none."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

import ar_cockpit.db.types

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and the column."""
    op.add_column("app_user", sa.Column("wants_weekly", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.create_table(
        "customer_identity",
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        _text("lei"),
        _text("iban"),
        sa.Column("onboarded_on", sa.Date(), nullable=False),
        _text("onboarded_by"),
    )
    op.create_index("ix_customer_identity_lei", "customer_identity", ["company_id", "lei"])
    op.create_table(
        "weekly_digest",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("app_user.id"), nullable=False),
        _text("recipient"),
        sa.Column("business_on", sa.Date(), nullable=False),
        *(_text(name) for name in ("message_id", "sender", "reply_to", "state")),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _text("owner"),
        sa.Column("lease_until", _INSTANT, nullable=True),
        sa.Column("next_attempt_at", _INSTANT, nullable=True),
        sa.Column("queued_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=True),
        _text("error"),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name="state"
        ),
        sa.UniqueConstraint("user_id", "business_on", name="uq_weekly_digest_week"),
        sa.UniqueConstraint("message_id", name="uq_weekly_digest_message_id"),
    )
    op.create_index("ix_weekly_digest_waiting", "weekly_digest", ["state", "next_attempt_at"])


def downgrade() -> None:
    """Take them away; customers stay, what they are known by beside the ledger is lost."""
    op.drop_table("weekly_digest")
    op.drop_table("customer_identity")
    op.drop_column("app_user", "wants_weekly")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, _TEXT(), nullable=False)
