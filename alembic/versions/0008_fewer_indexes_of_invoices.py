"""Fewer indexes of invoices: those of open and of settled documents begin like ``ix_invoice_standing``.

Each index is paid for by every imported row, and again when the row's payment arrives.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_on = '9999-12-31'")


def upgrade() -> None:
    """Drop them."""
    op.drop_index("ix_invoice_open", table_name="invoice")
    op.drop_index("ix_invoice_closed", table_name="invoice")


def downgrade() -> None:
    """Make them again."""
    op.create_index("ix_invoice_closed", "invoice", ["company_id", "closed_on"])
    op.create_index(
        "ix_invoice_open",
        "invoice",
        ["company_id", "currency", "due_on"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
