"""When a message really went, and how firmly each invoice was asked for: spacing and tone are held to both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0032"
branch_labels = None
depends_on = None

_FIRMNESS = sa.text(
    """
    UPDATE message_item SET firmness = (
        SELECT CASE m.tone WHEN 'formal_notice' THEN 3 WHEN 'firm' THEN 2 WHEN 'neutral' THEN 1 ELSE 0 END
        FROM message m WHERE m.id = message_item.message_row_id
    )
    WHERE step_offset >= 0 AND EXISTS (
        SELECT 1 FROM message m
        WHERE m.id = message_item.message_row_id AND m.step = message_item.step AND m.channel <> 'call'
        AND m.tone IN ('neutral', 'firm', 'formal_notice')
    )
    """
)
_IS_LATER = sa.text("went_on IS NOT NULL")


def upgrade() -> None:
    """Add both, the index by which the few late ones are found, and the tone of what was said so far."""
    op.add_column("message_item", sa.Column("went_on", sa.Date(), nullable=True))
    op.add_column("message_item", sa.Column("firmness", sa.Integer(), nullable=False, server_default="0"))
    op.execute(_FIRMNESS)
    op.create_index(
        "ix_message_item_went", "message_item", ["went_on"], postgresql_where=_IS_LATER, sqlite_where=_IS_LATER
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_message_item_went", "message_item")
    op.drop_column("message_item", "firmness")
    op.drop_column("message_item", "went_on")
