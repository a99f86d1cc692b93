"""Whom to write to at a customer: who comes first of several."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import col

from ar_cockpit.db.tables import ContactRow


def is_for_payables(row: type[ContactRow]) -> ColumnElement[bool]:
    """Return whether a contact is the one for accounts payable."""
    return col(row.role) == "accounts_payable"
