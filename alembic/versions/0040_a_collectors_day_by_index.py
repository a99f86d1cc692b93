"""A collector's day told by an index alone: its sums, its reasons and who is on a page, without looking at the tasks."""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_NAME, _ORDER = "ix_customer_priority_mine", ["collector_email", "state", "rank_key"]
_TOLD = ["customer_id", "company_id", "currency", "overdue_minor", "codes"]


def upgrade() -> None:
    """Make the index anew with what is told from it."""
    op.drop_index(_NAME, "customer_priority")
    op.create_index(_NAME, "customer_priority", [*_ORDER, *_TOLD])


def downgrade() -> None:
    """Make it anew with the order alone."""
    op.drop_index(_NAME, "customer_priority")
    op.create_index(_NAME, "customer_priority", _ORDER)
