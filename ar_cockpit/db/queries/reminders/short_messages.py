"""Short messages that a person sends, and the telephone that they go to."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from ar_cockpit.db.queries.reminders.contacts import is_for_payables
from ar_cockpit.db.tables import ContactRow, MessageRow


class ShortMessage(NamedTuple):
    """One that waits: what it says, and to which number; the language is what the page marks it with."""

    message_row_id: int
    business_on: date
    template: str
    language: str
    text: str
    phone: str


def waiting(session: Session, customer_id: int, as_of: date) -> list[ShortMessage]:
    """Return a customer's short messages that wait on a day, the newest first."""
    row = MessageRow
    question = (
        select(col(row.id), col(row.business_on), col(row.template), col(row.language), col(row.text_body))
        .where(col(row.customer_id) == customer_id, col(row.channel) == "sms", col(row.state) == "to_do")
        .where(col(row.business_on) <= as_of)
        .order_by(col(row.business_on).desc(), col(row.id))
    )
    found = session.execute(question).all()
    if not found:
        return []
    contact = ContactRow
    whose = (
        select(col(contact.phone))
        .where(col(contact.customer_id) == customer_id, col(contact.phone) != "", col(contact.left_on).is_(None))
        .order_by(is_for_payables(contact).desc(), col(contact.is_primary).desc(), col(contact.id))
        .limit(1)
    )
    phone = session.execute(whose).scalar_one_or_none() or ""
    return [
        ShortMessage(key, on, template, language, text.strip(), phone) for key, on, template, language, text in found
    ]
