"""The names of the colleagues who decided."""

from __future__ import annotations

from sqlmodel import Session

from ar_cockpit.db.queries import customers as stored


def names(session: Session, emails: set[str]) -> dict[str, str]:
    """Return the names of those of ``emails`` who are users."""
    return {email: person.name for email, person in stored.people(session, emails).items()}
