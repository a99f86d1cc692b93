"""What was reported and stays so: frozen figures with their open documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0021"
down_revision = "0016"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_AGES = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_91_120", "over_120")
_SUMS = (*_AGES, "at_start", "credit_sales", "unapplied")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "figure_snapshot",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", _INSTANT, nullable=False),
        sa.Column("first_document_on", sa.Date(), nullable=False),
        *(sa.Column(f"{name}_minor", sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.Column("sales_by_month", sa.JSON(), nullable=False),
        sa.Column("last_invoice_id", sa.Integer(), nullable=False),
        sa.Column("has_documents", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("company_id", "currency", "day"),
    )
    op.create_table(
        "snapshot_document",
        sa.Column(
            "snapshot_id",
            sa.Integer(),
            sa.ForeignKey("figure_snapshot.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("invoice_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_code", sa.String(), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Take them away; what was reported is lost."""
    for table in ("snapshot_document", "figure_snapshot"):
        op.drop_table(table)
