"""Forecast chances of customers, weights of the order, portfolios, absences, who is at what, saved filters, goals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import ar_cockpit.db.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)
_STANDING = sa.text("cancelled_at IS NULL")
_TABLES = (
    *("collector_goal", "saved_filter", "task_claim", "absence"),
    *("portfolio_rule", "queue_weights", "customer_chance"),
)


def upgrade() -> None:
    """Make the tables; the triggers that watch some of them are made after all migrations."""
    op.create_table(
        "customer_chance",
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
        _company(ondelete="CASCADE", index=True),
        sa.Column("forecast_on", sa.Date(), nullable=False),
        sa.Column("chance", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("before_on", sa.Date(), nullable=True),
        sa.CheckConstraint("chance BETWEEN 0 AND 100", name=op.f("ck_customer_chance_chance")),
    )
    op.create_table(
        "queue_weights",
        sa.Column("id", sa.Integer(), primary_key=True),
        _company(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        _text("note"),
        sa.Column("created_at", _INSTANT, nullable=False),
        _text("created_by"),
        sa.UniqueConstraint("company_id", "number"),
    )
    _portfolios()
    _people()


def downgrade() -> None:
    """Take them away; what was agreed about the work is lost."""
    for table in _TABLES:
        op.drop_table(table)


def _portfolios() -> None:
    op.create_table(
        "portfolio_rule",
        sa.Column("id", sa.Integer(), primary_key=True),
        _company(),
        sa.Column("place", sa.Integer(), nullable=False),
        *(_text(name) for name in ("collector_email", "country", "segment", "name_from", "name_to")),
        sa.Column("least_minor", sa.BigInteger(), nullable=True),
        sa.Column("most_minor", sa.BigInteger(), nullable=True),
    )
    op.create_index("ix_portfolio_rule_place", "portfolio_rule", ["company_id", "place"])
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(_text(name) for name in ("collector_email", "cover_email")),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        _text("note"),
        sa.Column("created_at", _INSTANT, nullable=False),
        _text("created_by"),
        sa.Column("cancelled_at", _INSTANT, nullable=True),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_absence_span")),
    )
    op.create_index(
        "ix_absence_cover",
        "absence",
        ["cover_email", "from_on"],
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )


def _people() -> None:
    op.create_table(
        "task_claim",
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
        _text("email"),
        sa.Column("taken_at", _INSTANT, nullable=False),
        sa.Column("seen_at", _INSTANT, nullable=False),
    )
    op.create_index("ix_task_claim_seen", "task_claim", ["seen_at"])
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), primary_key=True),
        _text("email"),
        _text("name"),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("email", "name"),
    )
    op.create_table(
        "collector_goal",
        sa.Column("id", sa.Integer(), primary_key=True),
        _company(),
        _text("collector_email"),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        _text("currency"),
        _text("set_by"),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.UniqueConstraint("company_id", "collector_email", "month_on", "currency"),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_collector_goal_amount")),
    )


def _company(*, ondelete: str | None = None, index: bool = False) -> sa.Column[int]:
    reference = sa.ForeignKey("company.id", ondelete=ondelete)
    return sa.Column("company_id", sa.Integer(), reference, nullable=False, index=index)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)
