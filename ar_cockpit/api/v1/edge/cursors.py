"""Cursors: where a list goes on, for the same question; nothing in them grants anything."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ar_cockpit.api.v1.edge.problems import FieldError, ProblemError

_LARGEST_KEY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """The last row that was given, and the day the list is of: a list that is read past midnight stays one list."""

    after: int = 0
    as_of: date | None = None


def read(cursor: str | None, asked: Mapping[str, Any]) -> Place:
    """Return where ``cursor`` goes on; raise ``ProblemError`` when it belongs to another question."""
    if cursor is None:
        return Place()
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        after, as_of, question = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        place = Place(after, date.fromisoformat(as_of) if as_of else None)
        is_ours = question == _question(asked) and type(after) is int and 0 <= after <= _LARGEST_KEY
    except (ValueError, TypeError):
        is_ours = False
    if not is_ours:
        error = FieldError(code="cursor", detail="Not a cursor of this question", parameter="cursor")
        raise ProblemError(409, "The cursor belongs to another question.", kind="bad-cursor", errors=[error])
    return place


def write(place: Place, asked: Mapping[str, Any]) -> str:
    """Return the cursor after ``place``."""
    told = [place.after, place.as_of.isoformat() if place.as_of else "", _question(asked)]
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def _question(asked: Mapping[str, Any]) -> str:
    told = json.dumps(sorted((name, str(value)) for name, value in asked.items() if value is not None))
    return hashlib.sha256(told.encode()).hexdigest()[:16]
