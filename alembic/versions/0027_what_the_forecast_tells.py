"""What the forecast says of each open invoice, and customers who pay later than they used to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "invoice_forecast",
        sa.Column("invoice_id", sa.Integer(), sa.ForeignKey("invoice.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("forecast_on", sa.Date(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=False),
        sa.Column("p10_on", sa.Date(), nullable=False),
        sa.Column("p90_on", sa.Date(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("paid_30", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
    )
    op.create_index("ix_invoice_forecast_company", "invoice_forecast", ["company_id", "forecast_on"])
    op.create_table(
        "payment_drift",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("usual_days", sa.Integer(), nullable=False),
        sa.Column("recent_days", sa.Integer(), nullable=False),
        sa.Column("usual_count", sa.Integer(), nullable=False),
        sa.Column("recent_count", sa.Integer(), nullable=False),
        sa.Column("chance_ppm", sa.Integer(), nullable=False),
    )
    standing = sa.text("cleared_on IS NULL")
    op.create_index(
        "uq_payment_drift_standing",
        "payment_drift",
        ["customer_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_index("ix_payment_drift_company", "payment_drift", ["company_id", "raised_on"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("payment_drift")
    op.drop_table("invoice_forecast")
