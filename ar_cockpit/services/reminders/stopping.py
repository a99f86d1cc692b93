"""The stop of all reminders: of one company or of all, at any moment, by a credit manager or an administrator.

While it stands nothing is planned into the outbox, nothing queued leaves, and nobody writes by hand.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import decisions
from ar_cockpit.db.queries.reminders.decisions import Stop
from ar_cockpit.db.tables import ReminderStopRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.collecting.touchpoints import required_text
from ar_cockpit.services.people.companies import chosen_companies

ALL = "all companies"


def standing(session: Session, actor: Actor) -> list[Stop]:
    """Return the stops that stand and that ``actor`` has to know of, the one of all companies first."""
    return [stop for stop in decisions.standing_stops(session) if stop.company_id is None or _sees(actor, stop)]


def stop(session: Session, actor: Actor, reason: str, *, at: datetime, company: str = "") -> int:
    """Stop all reminders of a company, or without one of all companies, and return the key of the stop."""
    said = required_text(reason, "The reason")
    company_id = _company(session, actor, company)
    if any(one.company_id == company_id for one in decisions.standing_stops(session)):
        raise RefusedError("These reminders are stopped already.", "Release them first.")
    row = ReminderStopRow(company_id=company_id, reason=said, stopped_at=at, stopped_by=actor.email)
    session.add(row)
    session.flush()
    audit.record(session, actor, "reminders.stop", ("company", company or ALL), after={"reason": said})
    return row.id


def release(session: Session, actor: Actor, *, at: datetime, company: str = "") -> None:
    """Release a company's stop, or without one that of all companies: what is queued leaves within seconds."""
    company_id = _company(session, actor, company)
    found = [one for one in decisions.standing_stops(session) if one.company_id == company_id]
    if not found:
        raise RefusedError("These reminders are not stopped.", "Nothing was changed.")
    for one in found:
        row = session.get_one(ReminderStopRow, one.stop_id)
        row.released_at, row.released_by = at, actor.email
    before = {"reason": found[0].reason, "stopped_by": found[0].stopped_by}
    audit.record(session, actor, "reminders.release", ("company", company or ALL), before=before)


def refuse_if_stopped(session: Session, company_id: int) -> None:
    """Raise ``RefusedError`` when the reminders of a company are stopped: a person does not write then either."""
    for one in decisions.standing_stops(session):
        if one.company_id in (None, company_id):
            raise RefusedError(
                f"All reminders are stopped by {one.stopped_by}: {one.reason}",
                "Nothing leaves until a credit manager or an administrator releases them.",
            )


def _company(session: Session, actor: Actor, code: str) -> int | None:
    """Return the key of a company that ``actor`` may stop; to stop all takes the right in all."""
    scope = actor.scope(Permission.RUN_JOBS)
    if code:
        (company_id,) = chosen_companies(session, actor, Permission.RUN_JOBS, code)
        return company_id
    if scope.company_ids is not None:
        raise RefusedError("You may stop and release your own companies only.", "Choose a company.")
    return None


def _sees(actor: Actor, stop: Stop) -> bool:
    seen = (Permission.VIEW_PLAN, Permission.VIEW_FIGURES, Permission.RUN_JOBS)
    return any(actor.may(permission, stop.company_id) for permission in seen)
