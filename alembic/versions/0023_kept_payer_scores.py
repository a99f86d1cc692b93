"""Payer scores kept beside the tasks of the day, so that a plan reads them and does not sum up a year of documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what is kept is judged anew, now with scores."""
    op.create_table(
        "kept_payer_score",
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
    )
    op.execute(sa.text("UPDATE figures_state SET priorities_on = NULL"))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("kept_payer_score")
