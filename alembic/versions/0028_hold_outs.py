"""The randomised hold-out of reminders: a company's trials, and who took part in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "hold_out",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("stopped_by", sa.String(), nullable=False),
    )
    op.create_index("ix_hold_out_company_id", "hold_out", ["company_id"])
    op.create_table(
        "hold_out_invoice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("trial_id", sa.Integer(), sa.ForeignKey("hold_out.id", ondelete="CASCADE"), nullable=False),
        sa.Column("invoice_id", sa.Integer(), sa.ForeignKey("invoice.id", ondelete="CASCADE"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.UniqueConstraint("invoice_id", "step", "trial_id", name="uq_hold_out_invoice"),
    )
    op.create_index("ix_hold_out_invoice_trial", "hold_out_invoice", ["trial_id", "is_held"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("hold_out_invoice")
    op.drop_table("hold_out")
