"""Mailed reports of all documents, converted into one currency."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is mailed already has the documents of one currency, as before."""
    op.add_column(
        "report_schedule", sa.Column("is_converted", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("report_schedule", "is_converted")
