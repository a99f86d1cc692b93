"""Promises with several dates, payment plans, disputes in full, and what collectors propose to finance."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_AMOUNTS, _KEYS = ("before_minor", "received_minor"), ("series_id", "plan_id")


def upgrade() -> None:
    """Make the tables, and let promises belong together."""
    for name in _AMOUNTS:
        op.add_column("promise", sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    for name in _KEYS:
        op.add_column("promise", sa.Column(name, sa.Integer(), nullable=True))
    op.create_index("ix_promise_series", "promise", ["series_id"])
    op.create_index("ix_promise_listed", "promise", ["company_id", "promised_for"])
    _plans()
    _cases()
    _proposals()


def downgrade() -> None:
    """Take them away; what only they told is lost."""
    for table in ("act_proposal", "dispute_case", "payment_plan"):
        op.drop_table(table)
    op.drop_index("ix_promise_listed", "promise")
    op.drop_index("ix_promise_series", "promise")
    for name in (*_AMOUNTS, *_KEYS):
        op.drop_column("promise", name)


def _plans() -> None:
    op.create_table(
        "payment_plan",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id"), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("last_due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'active', 'completed', 'broken', 'cancelled', 'refused')", name="state"
        ),
    )
    op.create_index("ix_payment_plan_customer", "payment_plan", ["customer_id", "state"])
    op.create_index("ix_payment_plan_company", "payment_plan", ["company_id", "state", "made_on"])


def _cases() -> None:
    op.create_table(
        "dispute_case",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("dispute_id", sa.Integer(), sa.ForeignKey("dispute.id", ondelete="CASCADE"), nullable=False),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.Column("credit_minor", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.UniqueConstraint("dispute_id"),
    )


def _proposals() -> None:
    op.create_table(
        "act_proposal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id"), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Integer(), sa.ForeignKey("payment_plan.id"), nullable=True, index=True),
        sa.Column("dispute_id", sa.Integer(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("invoices", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decision_note", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('hold', 'write_off', 'credit_note', 'plan')", name="kind"),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'withdrawn')", name="state"),
    )
    op.create_index("ix_act_proposal_state", "act_proposal", ["state", "company_id"])
    op.create_index("ix_act_proposal_customer", "act_proposal", ["customer_id", "state"])
