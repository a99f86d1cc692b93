"""What each customer owes on the day, and each kind of customers: the cockpit's tables no longer sum up what is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ar_cockpit.db import marks

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None

_AMOUNTS = ("open_minor", "overdue_minor", "left_minor", "collected_minor", "of_due_minor")


def upgrade() -> None:
    """Make the tables; they are filled by the job, for the day that it is."""
    op.create_table(
        "customer_balance",
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("currency", sa.String(), primary_key=True),
        sa.Column("customer_id", sa.Integer(), primary_key=True),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("overdue_documents", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _AMOUNTS),
    )
    op.create_table(
        "kind_balance",
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), primary_key=True),
        *(
            sa.Column(name, sa.String(), primary_key=True)
            for name in ("currency", "country", "sales", "collector", "segment", "band")
        ),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("customers", "firsts", "overdue_customers", "overdue_documents")
        ),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _AMOUNTS),
    )
    op.add_column("figures_state", sa.Column("balances_on", sa.Date(), nullable=True))
    _index_touchpoints("kind", "customer_id", "undone_at")
    _index_unapplied("customer_id")


def downgrade() -> None:
    """Drop them, and the triggers that would take them back."""
    _index_unapplied()
    _index_touchpoints("kind")
    op.drop_table("kind_balance")
    op.drop_table("customer_balance")
    marks.ensure(op.get_bind())
    op.drop_column("figures_state", "balances_on")


def _index_touchpoints(*more: str) -> None:
    op.drop_index("ix_touchpoint_day", "touchpoint")
    op.create_index("ix_touchpoint_day", "touchpoint", ["company_id", "happened_on", *more])


def _index_unapplied(*more: str) -> None:
    op.drop_index("ix_payment_unapplied", "payment")
    op.create_index(
        "ix_payment_unapplied",
        "payment",
        ["company_id", "currency", "paid_on", "unapplied_minor", *more],
        sqlite_where=sa.text("unapplied_minor != 0"),
        postgresql_where=sa.text("unapplied_minor <> 0"),
    )
