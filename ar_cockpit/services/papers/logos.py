"""The pictures that papers name: a sheet keeps the logo by its SHA-256, and the press is given the file."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import wording
from ar_cockpit.mail.papers.press import Sheet


def logos(session: Session, sheets: Iterable[Sheet | None]) -> dict[str, bytes]:
    """Return the pictures that ``sheets`` name."""
    named = {sha256 for sheet in sheets if sheet and (sha256 := str(sheet.get("logo", "")))}
    return {key: content for key, (_, content) in wording.pictures(session, named).items()} if named else {}
