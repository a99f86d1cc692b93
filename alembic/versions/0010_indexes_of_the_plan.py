"""Indexes of the few documents that a day's plan asks for among all: credit notes, and what is written off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NOTES, _WRITTEN_OFF = sa.text("amount_minor < 0"), sa.text("written_off_on IS NOT NULL")


def upgrade() -> None:
    """Make them."""
    op.create_index(
        "ix_invoice_notes", "invoice", ["customer_id", "closed_on"], sqlite_where=_NOTES, postgresql_where=_NOTES
    )
    op.create_index(
        "ix_invoice_written_off",
        "invoice",
        ["written_off_on"],
        sqlite_where=_WRITTEN_OFF,
        postgresql_where=_WRITTEN_OFF,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_invoice_written_off", table_name="invoice")
    op.drop_index("ix_invoice_notes", table_name="invoice")
