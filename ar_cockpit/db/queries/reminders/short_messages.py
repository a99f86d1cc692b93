"""The telephones that short messages go to, which a person sends."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders.contacts import is_for_payables
from ar_cockpit.db.tables import ContactRow


def phones(session: Session, customer_id: int) -> dict[int, str]:
    """Return the telephones of a customer's contacts, by contact: in front of whom reminders go to first."""
    row = ContactRow
    question = (
        select(col(row.id), col(row.phone))
        .where(col(row.customer_id) == customer_id, col(row.phone) != "", col(row.left_on).is_(None))
        .order_by(col(row.is_primary).desc(), is_for_payables(row).desc(), col(row.id))
    )
    return dict(session.execute(question).all())
