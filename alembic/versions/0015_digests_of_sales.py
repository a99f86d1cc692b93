"""Digests for sales owners, and pauses of single steps."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel

import ar_cockpit.db.types
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and let a stop name its step."""
    op.create_table(
        "sales_digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("message_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sender", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reply_to", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lease_until", ar_cockpit.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_attempt_at", ar_cockpit.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("queued_at", ar_cockpit.db.types.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_at", ar_cockpit.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')",
            name=op.f("ck_sales_digest_state"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sales_digest_user_id_app_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_digest")),
        sa.UniqueConstraint("message_id", name="uq_sales_digest_message_id"),
        sa.UniqueConstraint("user_id", "business_on", name="uq_sales_digest_day"),
    )
    op.create_index("ix_sales_digest_waiting", "sales_digest", ["state", "next_attempt_at"])
    op.create_table(
        "sales_digest_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("template", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("comes_on", sa.Date(), nullable=False),
        sa.Column("invoice_ids", sa.JSON(), nullable=False),
        sa.Column("paused_at", ar_cockpit.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_sales_digest_line_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_sales_digest_line_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"], ["sales_digest.id"], name=op.f("fk_sales_digest_line_digest_id_sales_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_digest_line")),
        sa.UniqueConstraint("digest_id", "customer_id", "step", name="uq_sales_digest_line_step"),
    )
    op.create_index(op.f("ix_sales_digest_line_customer_id"), "sales_digest_line", ["customer_id"])
    op.add_column(
        "hold",
        sa.Column("step", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=sa.text("''")),
    )


def downgrade() -> None:
    """Take them back; pauses of single steps end, since without the step they would stop everything."""
    op.execute("DELETE FROM hold WHERE step <> ''")
    op.drop_column("hold", "step")
    op.drop_table("sales_digest_line")
    op.drop_table("sales_digest")
