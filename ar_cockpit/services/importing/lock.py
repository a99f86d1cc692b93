"""One writer of the ledger's documents at a time, so that what is known of a batch stays true until it is written."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

_IMPORT_LOCK = 4_102_002  # any constant


def one_at_a_time(session: Session) -> None:
    """Wait until no other import is under way; held to the end of the transaction (SQLite has one writer anyway)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
