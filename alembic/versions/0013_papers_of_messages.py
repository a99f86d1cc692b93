"""Papers that go with messages, where letters go, and the rate for late payments that a company agreed."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Make room for them."""
    op.add_column("company", sa.Column("late_rate_bp", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("postal_address", _TEXT(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "message_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("message_row_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", _TEXT(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("file_name", _TEXT(), nullable=False),
        sa.Column("sha256", _TEXT(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('statement', 'invoice', 'letter')", name=op.f("ck_message_paper_kind")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_message_paper_company_id_company")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_message_paper_invoice_id_invoice")),
        sa.ForeignKeyConstraint(
            ["message_row_id"], ["message.id"], name=op.f("fk_message_paper_message_row_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_paper")),
        sa.UniqueConstraint("company_id", "message_row_id", "place", name=op.f("uq_message_paper_company_id_message_row_id_place")),
    )
    op.create_index("ix_message_paper_message", "message_paper", ["message_row_id"])
    op.create_index("ix_message_paper_sha256", "message_paper", ["sha256"])
    op.create_index(op.f("ix_message_paper_invoice_id"), "message_paper", ["invoice_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("message_paper")
    op.drop_column("customer", "postal_address")
    op.drop_column("company", "late_rate_bp")
