"""Mails about crossed limits keep to whom they go and of which day they are, like all mails to our own people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and fill them for the mails that are there."""
    op.add_column("alert_mail", sa.Column("recipient", sa.String(), nullable=True))
    op.add_column("alert_mail", sa.Column("business_on", sa.Date(), nullable=True))
    op.execute(
        sa.text(
            "UPDATE alert_mail SET"
            " recipient = (SELECT email FROM app_user WHERE app_user.id = alert_mail.user_id),"
            " business_on = (SELECT raised_on FROM kpi_alert WHERE kpi_alert.id = alert_mail.alert_id)"
        )
    )
    with op.batch_alter_table("alert_mail") as table:
        table.alter_column("recipient", existing_type=sa.String(), nullable=False)
        table.alter_column("business_on", existing_type=sa.Date(), nullable=False)


def downgrade() -> None:
    """Take them away; both can be asked of the reader and the alert."""
    op.drop_column("alert_mail", "business_on")
    op.drop_column("alert_mail", "recipient")
