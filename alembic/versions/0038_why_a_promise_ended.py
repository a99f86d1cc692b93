"""Why a promise ended before its day: replaced by another one, or given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of promises that ended before nobody knows."""
    op.add_column("promise", sa.Column("end_reason", sa.String(), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("promise", "end_reason")
