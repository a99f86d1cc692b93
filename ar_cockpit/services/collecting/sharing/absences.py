"""Who is away and who has the customers meanwhile."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session

from ar_cockpit.db.queries.collecting import sharing as stored
from ar_cockpit.db.queries.collecting.sharing import Absence
from ar_cockpit.db.tables import AbsenceRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.portfolios import all_covered
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.collecting.touchpoints import checked_text
from ar_cockpit.services.people.users import normal_email

__all__ = ["Absence"]

LONGEST = timedelta(days=366)


def coming(session: Session, actor: Actor, *, on: date) -> list[Absence]:
    """Return the absences that are not over, the next first: everybody of the team may know."""
    actor.require(Permission.VIEW_QUEUE)
    return stored.absences(session, on)


def add(
    session: Session, actor: Actor, collector: str, cover: str, span: tuple[date, date], note: str, *, at: datetime
) -> int:
    """Say that a collector is away from one day to another (both included) and who covers; one's own, or as lead."""
    collector, cover = normal_email(collector), normal_email(cover)
    _check_right(actor, collector)
    known = {email for email, _ in stored.collectors(session)}
    if {collector, cover} - known:
        raise InputError("Both have to be people who collect.", "Choose them from the team.")
    if collector == cover:
        raise InputError("Nobody covers for themselves.", "Choose somebody else.")
    from_on, to_on = span
    if not from_on <= to_on <= from_on + LONGEST:
        raise InputError(f"From {from_on} to {to_on} is no absence.", "Give the first and the last day, within a year.")
    _check_cover(session, collector, cover, span)
    row = AbsenceRow(
        collector_email=collector,
        cover_email=cover,
        from_on=from_on,
        to_on=to_on,
        note=checked_text(note),
        created_at=at,
        created_by=actor.email,
    )
    session.add(row)
    session.flush()
    told = {"cover": cover, "from": from_on.isoformat(), "to": to_on.isoformat()}
    audit.record(session, actor, "absence.add", ("user", collector), after=told)
    return row.id


def cancel(session: Session, actor: Actor, absence_id: int, *, at: datetime) -> None:
    """Cancel an absence, or end it now."""
    row = session.get(AbsenceRow, absence_id)
    if row is None or row.cancelled_at is not None:
        raise NotFoundError("There is no such absence.", "Somebody may have cancelled it meanwhile.")
    _check_right(actor, row.collector_email)
    row.cancelled_at = at
    audit.record(session, actor, "absence.cancel", ("user", row.collector_email), before={"cover": row.cover_email})


def put_back(session: Session, actor: Actor, absence_id: int) -> None:
    """Take a cancellation back."""
    row = session.get(AbsenceRow, absence_id)
    if row is None or row.cancelled_at is None:
        raise NotFoundError("There is nothing to undo.")
    _check_right(actor, row.collector_email)
    # Others may have planned around the days meanwhile.
    _check_cover(session, row.collector_email, row.cover_email, (row.from_on, row.to_on))
    row.cancelled_at = None
    audit.record(session, actor, "absence.cancel.undo", ("user", row.collector_email))


def _check_cover(session: Session, collector: str, cover: str, span: tuple[date, date]) -> None:
    """Refuse days that are taken, and a cover who is away then too or may not work on all of the customers.

    Nobody who is away covers, so that whoever covers for somebody who covered never leads back to the first.
    """
    from_on, to_on = span
    others = [one for one in stored.absences(session, from_on) if one.from_on <= to_on]
    for one in others:
        if one.collector_email == collector:
            raise RefusedError("There is an absence of these days already.", "Cancel that one first.")
        if one.collector_email == cover:
            raise RefusedError("Who is to cover is away then too.", "Choose somebody else.")
    owners = {collector} | all_covered(collector, [(one.collector_email, one.cover_email) for one in others])
    allowed = stored.collects_for(session, cover)
    missing = [code for key, code in stored.companies_of(session, owners).items() if key not in allowed]
    if missing:
        raise RefusedError(
            f"{cover} does not collect for {missing[0]}, where customers are to be covered.",
            "Choose somebody who does, or hand those customers over.",
        )


def _check_right(actor: Actor, collector: str) -> None:
    """Everybody plans the own absence; those of others the lead does."""
    actor.require(Permission.WORK_CUSTOMERS if actor.email == collector else Permission.LEAD_TEAM)
