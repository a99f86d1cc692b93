"""Whom to write to at many customers: their contacts, in the order in which they are written to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.customers import may_be_written_to
from ar_cockpit.db.streaming import narrow
from ar_cockpit.db.tables import ContactRow


class StoredContact(NamedTuple):
    """Somebody at a customer; the address is empty when it does not work."""

    customer_id: int
    contact_id: int
    email: str
    language: str
    has_phone: bool


def contacts(session: Session, customer_ids: Collection[int]) -> Iterator[StoredContact]:
    """Yield the contacts of customers, of each the one to write to in front of the others with an address."""
    row = ContactRow
    works = may_be_written_to(row)
    question = (
        select(
            col(row.customer_id),
            col(row.id),
            case((works, col(row.email)), else_=""),
            col(row.language),
            and_(col(row.phone) != "", col(row.left_on).is_(None)),
        )
        .where(among(session, col(row.customer_id), customer_ids))
        .order_by(col(row.customer_id), col(row.is_primary).desc(), is_for_payables(row).desc(), col(row.id))
    )
    return map(StoredContact._make, narrow(session, question))


def is_for_payables(row: type[ContactRow]) -> ColumnElement[bool]:
    """Return whether a contact is the one for accounts payable."""
    return col(row.role) == "accounts_payable"
