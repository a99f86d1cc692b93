"""Which waiting messages may go now: the cadence's days and hours, in the customer's own time."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import outbox as queries
from ar_cockpit.domain.cadence.window import is_open
from ar_cockpit.domain.policy.model import Cadence
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.reminders.working_days import is_public_holiday
from ar_cockpit.services.time_zones import zone_of

_USUAL = Cadence("", ())  # office hours, for messages of a cadence that is no longer in the policy


def open_windows(session: Session, at: datetime) -> list[tuple[str, str, str]]:
    """Return the kinds of waiting messages that may go at ``at``: cadence, country and the company's zone."""
    cadences = policy.in_force(session).policy.cadences
    found = []
    for kind in queries.waiting(session):
        local = at.astimezone(zone_of(kind.country, kind.company_zone))
        is_holiday = bool(kind.country) and is_public_holiday(kind.country, local.date())
        if is_open(cadences.get(kind.cadence, _USUAL), local, is_holiday=is_holiday):
            found.append((kind.cadence, kind.country, kind.company_zone))
    return found


def something_may_go(session: Session, at: datetime) -> bool:
    """Return whether a message may go at ``at``; what a person wrote may go at any time."""
    return bool(open_windows(session, at)) or queries.person_waits(session)
