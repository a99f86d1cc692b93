"""A pause of a customer's reminders up to a day, by finance: its standing stays as it is, unlike with a hold."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col

from ar_cockpit.db.queries import customers as stored
from ar_cockpit.db.queries.customers import Hold
from ar_cockpit.db.tables import CustomerRow, HoldRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.commitments import LONGEST_PAUSE
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.holds import SKIP
from ar_cockpit.services.collecting.touchpoints import Moment


def pause(session: Session, actor: Actor, customer_id: int, until: date, reason: str, when: Moment) -> int:
    """Let no reminder go to a customer up to and with a day, and return the touchpoint's key, by which it is undone."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    why = touchpoints.required_text(reason, "The reason")
    if not when.on < until <= when.on + LONGEST_PAUSE:
        raise InputError(f"{until} is no day to pause to.", f"Choose one of the next {LONGEST_PAUSE.days} days.")
    if paused(session, customer_id, when.on):
        raise RefusedError(f"Reminders to {line.name} are paused already.", "End that pause first.")
    row = HoldRow(
        company_id=line.company_id,
        customer_id=customer_id,
        kind=SKIP,
        reason=why,
        set_on=when.on,
        set_by=actor.email,
        until_on=until,
    )
    session.add(row)
    session.flush()
    facts = {"hold_id": row.id, "until": until.isoformat()}
    return touchpoints.write(session, actor, line, SKIP, when, text=why, **facts)


def resume(session: Session, actor: Actor, customer_id: int, when: Moment) -> int:
    """End the pause before its day."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    held = paused(session, customer_id, when.on)
    if not held:
        raise RefusedError(f"Reminders to {line.name} are not paused.", "Nothing was changed.")
    for hold in held:
        session.get_one(HoldRow, hold.hold_id).released_on = when.on
    released = [hold.hold_id for hold in held]
    return touchpoints.write(session, actor, line, "release", when, hold_ids=released, stop=SKIP)


def paused(session: Session, customer_id: int, on: date) -> list[Hold]:
    """Return the pauses in force on a day that last beyond it."""
    found = stored.holds(session, col(CustomerRow.id) == customer_id, on).get(customer_id, [])
    return [one for one in found if one.kind == SKIP and one.invoice_id is None and one.until_on and one.until_on > on]
