"""One import, or one taking back, at a time: what is known of the ledger stays true meanwhile."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

_LOCK = 4_102_002  # any constant, the same in every process


def take_turn(session: Session) -> None:
    """Wait until no other import runs; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
