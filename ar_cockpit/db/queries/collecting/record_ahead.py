"""All that a customer's record is made of, sent at once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

from sqlmodel import Session

from ar_cockpit.db.ahead import asked_ahead
from ar_cockpit.db.queries.collecting import customer_panel, standing
from ar_cockpit.db.queries.reminders.coming import _OF_ONE as COMING


def record_asked(session: Session, customer_id: int, as_of: date) -> AbstractContextManager[None]:
    """Let what the block asks about a customer be there when it asks: its standing, what comes, and the rest."""
    return asked_ahead(session, standing.OF_ONE, COMING, customer_panel.OF_ONE, customer=customer_id, as_of=as_of)
