"""Approvals, the stop of all reminders, membership of segments, wishes for jobs; two more kinds of stops."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_APPROVED = sa.text("decision = 'approved' AND undone_at IS NULL")
_STANDING = sa.text("released_at IS NULL")
_WAITING = sa.text("started_at IS NULL")


def upgrade() -> None:
    """Make the tables, and let a stop be manual handling or a skipped day."""
    _decisions()
    _membership()
    op.create_table(
        "job_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("requested_at", _INSTANT, nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=True),
    )
    op.create_index(
        "uq_job_request_waiting", "job_request", ["job"], unique=True, sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    _allow("'hold', 'sales_pause', 'manual', 'skip'")


def downgrade() -> None:
    """Take them away; what only they told is lost."""
    op.execute(sa.text("DELETE FROM hold WHERE kind IN ('manual', 'skip')"))
    _allow("'hold', 'sales_pause'")
    for table in ("job_request", "segment_change", "customer_segment", "reminder_stop", "step_approval"):
        op.drop_table(table)


def _allow(kinds: str) -> None:
    with op.batch_alter_table("hold") as table:
        table.drop_constraint(op.f("ck_hold_kind"), type_="check")
        table.create_check_constraint(op.f("ck_hold_kind"), f"kind IN ({kinds})")


def _decisions() -> None:
    op.create_table(
        "step_approval",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id"), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("invoice_id", sa.Integer(), sa.ForeignKey("invoice.id"), nullable=False, index=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("undone_at", _INSTANT, nullable=True),
        sa.CheckConstraint("decision IN ('approved', 'declined')", name="decision"),
    )
    op.create_index("ix_step_approval_customer", "step_approval", ["customer_id", "decided_on"])
    op.create_index(
        "uq_step_approval_invoice_step",
        "step_approval",
        ["company_id", "invoice_id", "step"],
        unique=True,
        sqlite_where=_APPROVED,
        postgresql_where=_APPROVED,
    )
    op.create_table(
        "reminder_stop",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("stopped_at", _INSTANT, nullable=False),
        sa.Column("stopped_by", sa.String(), nullable=False),
        sa.Column("released_at", _INSTANT, nullable=True),
        sa.Column("released_by", sa.String(), nullable=False),
    )
    op.create_index(
        "ix_reminder_stop_standing",
        "reminder_stop",
        ["company_id"],
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )


def _membership() -> None:
    op.create_table(
        "customer_segment",
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    op.create_index("ix_customer_segment_segment", "customer_segment", ["company_id", "segment"])
    op.create_table(
        "segment_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("score_before", sa.Integer(), nullable=True),
        sa.Column("score_after", sa.Integer(), nullable=True),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
    )
    op.create_index("ix_segment_change_customer", "segment_change", ["customer_id", "changed_on"])
