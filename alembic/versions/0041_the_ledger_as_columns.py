"""The ledger a second time, as columns of numbers: what a part of the customers, or any past day, is summed up from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; it is filled by the job."""
    op.create_table(
        "ledger_pack",
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("currencies", sa.String(), nullable=False),
        sa.Column("documents", sa.LargeBinary(), nullable=False),
        sa.Column("applied", sa.LargeBinary(), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        # They are narrow already: to press and to widen them would take longer than all that is asked of them.
        for column in ("documents", "applied"):
            op.execute(f"ALTER TABLE ledger_pack ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.add_column("figures_state", sa.Column("packing", sa.BigInteger(), nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("figures_state", "packing")
    op.drop_table("ledger_pack")
