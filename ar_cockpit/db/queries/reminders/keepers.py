"""Customers by name and by who looks after them, for what is counted by collector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.tables import CustomerRow


class Keeper(NamedTuple):
    """A customer's code and name, and its collector."""

    code: str
    name: str
    collector_email: str


def keepers(session: Session, customer_ids: Sequence[int]) -> dict[int, Keeper]:
    """Return code, name and collector of customers, by id."""
    row = CustomerRow
    question = select(col(row.id), col(row.code), col(row.name), col(row.collector_email)).where(
        among(session, col(row.id), customer_ids)
    )
    return {customer_id: Keeper(*rest) for customer_id, *rest in session.execute(question)}


def customers_counted(session: Session, wanted: ColumnElement[bool]) -> int:
    """Return how many customers are ``wanted``."""
    return int(session.execute(select(func.count()).select_from(CustomerRow).where(wanted)).scalar_one())
