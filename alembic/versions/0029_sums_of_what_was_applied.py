"""Sums of what was applied, so that what came within a month of a past day is not summed up from all allocations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; every company is summed up anew, now with these."""
    op.create_table(
        "applied_flow",
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("currency", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("month", sa.String(), primary_key=True),
        sa.Column("applied_minor", sa.BigInteger(), nullable=False),
    )
    op.execute(sa.text("UPDATE figures_state SET flows_are_built = false"))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("applied_flow")
