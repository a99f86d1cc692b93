"""The clock, read at the edges only and passed inwards as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """Return today's business date in ``zone``."""
    return now().astimezone(zone).date()
