"""Days as people choose them in a calendar, and as a browser without one lets them type: ``2026-11-30``."""

from __future__ import annotations

from datetime import date

from ar_cockpit.domain.errors import InputError


def read_day(written: object) -> date:
    """Return the day that was written; raise ``InputError`` when it is none."""
    try:
        return date.fromisoformat(str(written))
    except ValueError as error:
        raise InputError(f"{str(written)[:40]!r} is not a day.", "Choose one in the calendar.") from error


def read_day_if_any(written: object) -> date | None:
    """Return the day that was written, or nothing for an empty field."""
    given = str(written or "").strip()
    return read_day(given) if given else None
