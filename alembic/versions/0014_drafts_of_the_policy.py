"""Drafts of the policy, kept while they are edited, and which version a version brought back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ar_cockpit.db.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of the draft's states."""
    op.create_table(
        "policy_draft",
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("toml", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_policy_draft")),
    )
    op.add_column("policy_version", sa.Column("restores", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Forget the draft."""
    op.drop_column("policy_version", "restores")
    op.drop_table("policy_draft")
