"""An index of the timeline by message: without it, a message that is taken back has all of the timeline searched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_SOME = sa.text("message_row_id IS NOT NULL")


def upgrade() -> None:
    """Make it: of few rows, since most of what happens is about no message."""
    op.create_index(
        "ix_touchpoint_message", "touchpoint", ["message_row_id"], postgresql_where=_SOME, sqlite_where=_SOME
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_touchpoint_message", "touchpoint")
