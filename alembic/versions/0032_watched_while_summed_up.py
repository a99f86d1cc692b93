"""Triggers that also notice who writes while a company is summed up; they are made anew after every upgrade."""

from __future__ import annotations

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change no table: what runs the migrations makes the triggers of ``ar_cockpit.db.marks`` again."""


def downgrade() -> None:
    """Change no table: triggers that notice more than is asked for do no harm."""
