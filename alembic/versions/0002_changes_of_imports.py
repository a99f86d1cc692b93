"""Keep what an import changed, and what an open-items export lets one suppose."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel

import ar_cockpit.db.types
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Deleting an invoice or a contact asks these tables whether they refer to it, once for each row.
_ASKED = (("message_item", "invoice_id"), ("hold", "invoice_id"), ("message", "contact_id"))


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "import_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_change_batch_id_import_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
        sa.UniqueConstraint(
            "batch_id", "table_name", "row_id", name=op.f("uq_import_change_batch_id_table_name_row_id")
        ),
    )
    op.create_index("ix_import_change_row", "import_change", ["table_name", "row_id"])
    op.create_index("ix_import_change_made_by", "import_change", ["made_by"])
    op.create_table(
        "settlement_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("exported_on", sa.Date(), nullable=False),
        sa.Column("is_customer_listed", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("decided_at", ar_cockpit.db.types.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settled_batch_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_batch_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_settlement_proposal_state")
        ),
        _reference("batch_id", "import_batch"),
        _reference("company_id", "company"),
        _reference("invoice_id", "invoice"),
        _reference("settled_batch_id", "import_batch"),
        _reference("withdrawn_batch_id", "import_batch"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_proposal")),
    )
    for column in ("batch_id", "invoice_id", "settled_batch_id", "withdrawn_batch_id"):
        op.create_index(op.f(f"ix_settlement_proposal_{column}"), "settlement_proposal", [column])
    op.create_index(
        "uq_settlement_proposal_open",
        "settlement_proposal",
        ["company_id", "invoice_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    for table, column in _ASKED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """Take back."""
    for table, column in _ASKED:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    op.drop_table("settlement_proposal")
    op.drop_table("import_change")


def _reference(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_settlement_proposal_{column}_{table}"))
