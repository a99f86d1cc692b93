"""Frozen figures with their open documents; limits of figures and their alerts; saved reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_STANDING = sa.text("cleared_on IS NULL")
_AGES = ("not_due", "days_1_30", "days_31_60", "days_61_90", "days_91_120", "over_120")
_SUMS = (*_AGES, "at_start", "credit_sales", "unapplied")


def _to(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "figure_snapshot",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), _to("company"), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", _INSTANT, nullable=False),
        sa.Column("first_document_on", sa.Date(), nullable=False),
        *(sa.Column(f"{name}_minor", sa.BigInteger(), nullable=False) for name in _SUMS),
        sa.Column("sales_by_month", sa.JSON(), nullable=False),
        sa.Column("last_invoice_id", sa.Integer(), nullable=False),
        sa.Column("has_documents", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("company_id", "currency", "day"),
    )
    op.create_table(
        "snapshot_document",
        sa.Column(
            "snapshot_id",
            sa.Integer(),
            _to("figure_snapshot"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("invoice_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_code", sa.String(), nullable=False),
        sa.Column("customer_name", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("open_minor", sa.BigInteger(), nullable=False),
    )


    _alerts()
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("owner_id", sa.Integer(), _to("app_user"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("shared_with", sa.JSON(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("owner_id", "name"),
    )


def _alerts() -> None:
    op.create_table(
        "kpi_limit",
        sa.Column("company_id", sa.Integer(), _to("company"), primary_key=True, autoincrement=False),
        sa.Column("figure", sa.String(), primary_key=True),
        sa.Column("limit_value", sa.BigInteger(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
    )
    op.create_table(
        "kpi_alert",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), _to("company"), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_at", _INSTANT, nullable=False),
        sa.Column("figure_value", sa.BigInteger(), nullable=False),
        sa.Column("limit_value", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
    )
    op.create_index(
        "uq_kpi_alert_standing",
        "kpi_alert",
        ["company_id", "figure"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    op.create_table(
        "alert_reader",
        sa.Column("company_id", sa.Integer(), _to("company"), primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.Integer(), _to("app_user"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "alert_mail",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("alert_id", sa.Integer(), _to("kpi_alert"), nullable=False),
        sa.Column("user_id", sa.Integer(), _to("app_user"), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("lease_until", _INSTANT, nullable=True),
        sa.Column("next_attempt_at", _INSTANT, nullable=True),
        sa.Column("queued_at", _INSTANT, nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.UniqueConstraint("alert_id", "user_id"),
        sa.UniqueConstraint("message_id"),
        sa.CheckConstraint(
            "state IN ('queued', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name="state"
        ),
    )
    op.create_index("ix_alert_mail_waiting", "alert_mail", ["state", "next_attempt_at"])


def downgrade() -> None:
    """Take them away; what was reported, and what was told of it, is lost."""
    for table in ("report", "alert_mail", "alert_reader", "kpi_alert", "kpi_limit"):
        op.drop_table(table)
    for table in ("snapshot_document", "figure_snapshot"):
        op.drop_table(table)
