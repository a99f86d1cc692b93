"""Limits as decided, requests for limits, accepted orders, standings and their changes, scores, alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_IN_FORCE = sa.text("replaced_at IS NULL")
_OPEN = sa.text("state = 'open'")
_COUNTS = sa.text("ended_on IS NULL")


def upgrade() -> None:
    """Make the tables."""
    _limits()
    _orders()
    _standings()
    op.create_table(
        "customer_score",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("scored_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.UniqueConstraint("company_id", "customer_id", "source", "scored_on"),
    )
    op.create_index("ix_customer_score_customer_id", "customer_score", ["customer_id"])
    op.create_table(
        "credit_alert",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
    )
    op.create_index("ix_credit_alert_customer_id", "credit_alert", ["customer_id"])
    _unique("uq_credit_alert_open", "credit_alert", ["company_id", "customer_id", "kind"], _COUNTS)
    # A payer score counts invoices by the day they were due from now on: those that are kept are judged anew.
    op.execute(sa.text("UPDATE figures_state SET priorities_on = NULL"))


def downgrade() -> None:
    """Take them away; limits stay on the customers, their history is lost."""
    for table in (
        *("credit_alert", "customer_score", "standing_change", "customer_standing"),
        *("order_reservation", "credit_request", "credit_limit"),
    ):
        op.drop_table(table)


def _limits() -> None:
    op.create_table(
        "credit_limit",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("insured_minor", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", _INSTANT, nullable=True),
    )
    op.create_index("ix_credit_limit_customer", "credit_limit", ["customer_id", "decided_on"])
    _unique("uq_credit_limit_in_force", "credit_limit", ["company_id", "customer_id"], _IN_FORCE)
    op.create_table(
        "credit_request",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("insured_minor", sa.BigInteger(), nullable=True),
        sa.Column("before_minor", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("steps_done", sa.JSON(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'approved', 'refused', 'withdrawn')", name="state"),
    )
    op.create_index("ix_credit_request_customer_id", "credit_request", ["customer_id"])
    op.create_index("ix_credit_request_state", "credit_request", ["company_id", "state"])
    _unique("uq_credit_request_open", "credit_request", ["company_id", "customer_id"], _OPEN)


def _orders() -> None:
    op.create_table(
        "order_reservation",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("terms_days", sa.Integer(), nullable=True),
        sa.Column("reserved_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_as", sa.String(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.UniqueConstraint("company_id", "customer_id", "reference"),
    )
    op.create_index(
        "ix_order_reservation_counts",
        "order_reservation",
        ["customer_id"],
        sqlite_where=_COUNTS,
        postgresql_where=_COUNTS,
    )


def _standings() -> None:
    op.create_table(
        "customer_standing",
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
    )
    op.create_table(
        "standing_change",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_whose(),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
    )
    op.create_index("ix_standing_change_customer", "standing_change", ["customer_id", "changed_on"])
    op.create_index("ix_standing_change_day", "standing_change", ["company_id", "changed_on"])


def _whose() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=False),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    )


def _unique(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
