"""Payments and allocations keep their files' other columns, as customers and invoices do."""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = ("payment", "allocation")


def upgrade() -> None:
    """Apply."""
    for table in _TABLES:
        op.add_column(table, sa.Column("custom", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Revert."""
    for table in _TABLES:
        op.drop_column(table, "custom")
