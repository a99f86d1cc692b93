"""A company's own words and looks: versions of templates, brands, pictures, and what a message shows of them."""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel

import ar_cockpit.db.types
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_INSTANT = ar_cockpit.db.types.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "picture",
        sa.Column("sha256", _TEXT(), nullable=False),
        sa.Column("media_type", _TEXT(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("added_by", _TEXT(), nullable=False),
        sa.CheckConstraint("media_type IN ('image/png', 'image/jpeg')", name=op.f("ck_picture_media_type")),
        sa.CheckConstraint("width > 0 AND height > 0", name=op.f("ck_picture_size")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    op.create_table(
        "brand",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("accent", _TEXT(), nullable=False),
        sa.Column("logo_sha256", _TEXT(), nullable=True),
        sa.Column("signature", _TEXT(), nullable=False),
        sa.Column("legal", sa.JSON(), nullable=False),
        sa.Column("shows_qr", sa.Boolean(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.Column("saved_by", _TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_brand_company_id_company")),
        sa.ForeignKeyConstraint(["logo_sha256"], ["picture.sha256"], name=op.f("fk_brand_logo_sha256_picture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand")),
        sa.UniqueConstraint("company_id", name=op.f("uq_brand_company_id")),
    )
    op.create_table(
        "template_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("template", _TEXT(), nullable=False),
        sa.Column("language", _TEXT(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_shipped", sa.Boolean(), nullable=False),
        sa.Column("subject", _TEXT(), nullable=False),
        sa.Column("before", _TEXT(), nullable=False),
        sa.Column("after", _TEXT(), nullable=False),
        sa.Column("restored_number", sa.Integer(), nullable=True),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.Column("saved_by", _TEXT(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_template_version_number")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_template_version_company_id_company")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_version")),
        sa.UniqueConstraint(
            "company_id", "template", "language", "number", name=op.f("uq_template_version_company_id_template_language_number")
        ),
    )
    op.add_column("message", sa.Column("images", _TEXT(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """Take back."""
    op.drop_column("message", "images")
    op.drop_table("template_version")
    op.drop_table("brand")
    op.drop_table("picture")
