"""The currency that the amounts of a portfolio's rule are in; until now they were of whatever the customer owes in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; amounts there are, are of the company's own currency."""
    op.add_column("portfolio_rule", sa.Column("currency", sa.String(), nullable=False, server_default=sa.text("''")))
    op.execute(
        "UPDATE portfolio_rule SET currency = (SELECT company.currency FROM company"
        " WHERE company.id = portfolio_rule.company_id)"
        " WHERE least_minor IS NOT NULL OR most_minor IS NOT NULL"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("portfolio_rule", "currency")
