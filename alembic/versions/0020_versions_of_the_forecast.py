"""Versions of the forecast, so that what forecasts can be named, compared and gone back to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_CHOSEN = sa.text("chosen_at IS NOT NULL AND released_at IS NULL")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "forecast_model",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("trained_from", sa.Date(), nullable=True),
        sa.Column("trained_to", sa.Date(), nullable=True),
        sa.Column("settled", sa.Integer(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("data_checksum", sa.String(), nullable=False),
        sa.Column("model_checksum", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("chosen_at", _INSTANT, nullable=True),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("released_at", _INSTANT, nullable=True),
        sa.UniqueConstraint("company_id", "number"),
        sa.UniqueConstraint("company_id", "data_checksum", name="uq_forecast_model_data"),
    )
    op.create_index(
        "uq_forecast_model_chosen",
        "forecast_model",
        ["company_id"],
        unique=True,
        sqlite_where=_CHOSEN,
        postgresql_where=_CHOSEN,
    )


def downgrade() -> None:
    """Take it away; forecasts are fitted anew each time again."""
    op.drop_table("forecast_model")
