"""Sums by day and stored priorities, and the triggers that mark them as out of date."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel

from alembic import op
from ar_cockpit.db import marks

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_COLLATED = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Apply."""
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "ledger_flow",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("currency", text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        *(
            sa.Column(f"{name}_minor", sa.BigInteger(), nullable=False)
            for name in ("sold", "open", "past_0", "past_30", "past_60", "past_90", "past_120")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_ledger_flow_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", "currency", "day", name=op.f("pk_ledger_flow")),
    )
    op.create_table(
        "figures_state",
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("flows_are_built", sa.Boolean(), nullable=False),
        sa.Column("writes", sa.BigInteger(), nullable=False),
        sa.Column("priorities_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_figures_state_company_id_company"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_figures_state")),
    )
    op.create_table(
        "customer_priority",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("collector_email", text(), nullable=False),
        sa.Column("state", text(), nullable=False),
        sa.Column("rank_key", _COLLATED, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("at_stake", sa.BigInteger(), nullable=False),
        sa.Column("oldest_days", sa.Integer(), nullable=False),
        sa.Column("currency", text(), nullable=False),
        sa.Column("overdue_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
        sa.Column("action", text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("codes", text(), nullable=False),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("done_by", text(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'snoozed', 'done')", name=op.f("ck_customer_priority_state")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_customer_priority_company_id_company"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_priority_customer_id_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_priority")),
    )
    op.create_index("ix_customer_priority_mine", "customer_priority", ["collector_email", "state", "rank_key"])
    op.create_index("ix_customer_priority_all", "customer_priority", ["state", "rank_key"])
    op.create_index(
        "ix_customer_priority_sums", "customer_priority", ["company_id", "state", "currency", "overdue_minor"]
    )
    op.create_index("ix_customer_priority_codes", "customer_priority", ["company_id", "state", "codes"])
    op.create_table(
        "priority_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_mark")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_priority_mark_customer_id"), "priority_mark", ["customer_id"])
    op.create_index(
        "ix_invoice_standing",
        "invoice",
        ["company_id", "currency", "closed_on", "due_on", "invoice_on", "customer_id", "open_minor"],
    )
    op.create_index("ix_message_item_step", "message_item", ["step", "step_offset"])
    op.create_index(
        "ix_payment_unapplied",
        "payment",
        ["company_id", "currency", "paid_on", "unapplied_minor"],
        sqlite_where=sa.text("unapplied_minor != 0"),
        postgresql_where=sa.text("unapplied_minor <> 0"),
    )
    op.execute("INSERT INTO figures_state (company_id, flows_are_built, writes) SELECT id, false, 0 FROM company")
    marks.ensure(op.get_bind())


def downgrade() -> None:
    """Take back."""
    marks.drop(op.get_bind())
    op.drop_index("ix_payment_unapplied", "payment")
    op.drop_index("ix_message_item_step", "message_item")
    op.drop_index("ix_invoice_standing", "invoice")
    op.drop_table("priority_mark")
    op.drop_table("customer_priority")
    op.drop_table("figures_state")
    op.drop_table("ledger_flow")
