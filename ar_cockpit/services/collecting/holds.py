"""Stops on reminders: a hold by finance, a pause by sales."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col

from ar_cockpit.db.queries import customers as stored
from ar_cockpit.db.queries.customers import CustomerLine, Hold
from ar_cockpit.db.tables import CustomerRow, HoldRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.plan import MANUAL_TAG
from ar_cockpit.domain.collecting.commitments import LONGEST_PAUSE
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.webhooks import outbox

HOLD, SALES_PAUSE, MANUAL, SKIP = "hold", "sales_pause", "manual", "skip"
_WORDS = {HOLD: "hold", SALES_PAUSE: "pause", MANUAL: "manual", SKIP: "skip"}  # the kind of the touchpoint


def set_hold(session: Session, actor: Actor, line: CustomerLine, reason: str, when: Moment) -> int:
    """Put a customer on hold: no reminders, and sales sees that finance stopped it."""
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    if _in_force(session, line, HOLD, when.on):
        raise RefusedError(f"{line.name} is on hold already.", "Release that hold first.")
    return _stop(session, actor, line, HOLD, touchpoints.required_text(reason, "The reason"), None, when)


def release_hold(session: Session, actor: Actor, line: CustomerLine, when: Moment) -> int:
    """Release a customer's hold."""
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    return _release(session, actor, line, HOLD, when)


def pause_reminders(session: Session, actor: Actor, customer_id: int, reason: str, until: date, when: Moment) -> int:
    """Let sales pause a customer's firm reminders up to and with a day, saying why."""
    line = reach.customer(session, actor, Permission.PAUSE_STEP, customer_id)
    if not when.on < until <= when.on + LONGEST_PAUSE:
        raise InputError(f"{until} is no day to pause to.", f"Choose one of the next {LONGEST_PAUSE.days} days.")
    if _in_force(session, line, SALES_PAUSE, when.on):
        raise RefusedError(f"Reminders to {line.name} are paused already.", "Resume them first.")
    return _stop(session, actor, line, SALES_PAUSE, touchpoints.required_text(reason, "The reason"), until, when)


def resume_reminders(session: Session, actor: Actor, customer_id: int, when: Moment) -> int:
    """End a pause of sales before its day."""
    line = reach.customer(session, actor, Permission.PAUSE_STEP, customer_id)
    return _release(session, actor, line, SALES_PAUSE, when)


def mark_manual(session: Session, actor: Actor, customer_id: int, reason: str, when: Moment) -> int:
    """Take a customer out of the reminders that go by themselves, until a person sets it back."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    if _in_force(session, line, MANUAL, when.on):
        raise RefusedError(f"{line.name} is handled by hand already.", "Nothing was changed.")
    return _stop(session, actor, line, MANUAL, touchpoints.required_text(reason, "The reason"), None, when)


def unmark_manual(session: Session, actor: Actor, customer_id: int, when: Moment) -> int:
    """Let reminders to a customer go by themselves again; a tag of its record that says otherwise goes too."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    row = session.get_one(CustomerRow, customer_id)
    tags = [tag for tag in row.tags or [] if tag.casefold() != MANUAL_TAG]
    if len(tags) == len(row.tags or []):
        return _release(session, actor, line, MANUAL, when)
    held = _in_force(session, line, MANUAL, when.on)
    for hold in held:
        session.get_one(HoldRow, hold.hold_id).released_on = when.on
    before, row.tags = list(row.tags), tags
    released = [hold.hold_id for hold in held]
    return touchpoints.write(session, actor, line, "release", when, hold_ids=released, stop=MANUAL, tags=before)


def skip_day(session: Session, actor: Actor, customer_id: int, when: Moment, reason: str = "") -> int:
    """Leave a customer out of the reminders of one day; on the next it has its turn again."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    if _in_force(session, line, SKIP, when.on):
        raise RefusedError(f"{line.name} is left out on {when.on} already.", "Nothing was changed.")
    return _stop(session, actor, line, SKIP, touchpoints.checked_text(reason), when.on, when)


def _stop(
    session: Session, actor: Actor, line: CustomerLine, kind: str, reason: str, until: date | None, when: Moment
) -> int:
    row = HoldRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        kind=kind,
        reason=reason,
        set_on=when.on,
        set_by=actor.email,
        until_on=until,
    )
    session.add(row)
    session.flush()
    if kind == HOLD:
        outbox.note_hold(session, line.customer_id, when.on, is_set=True, reason=reason)
    facts = {"hold_id": row.id, "until": until.isoformat() if until else None}
    return touchpoints.write(session, actor, line, _WORDS[kind], when, text=reason, **facts)


def _release(session: Session, actor: Actor, line: CustomerLine, kind: str, when: Moment) -> int:
    held = _in_force(session, line, kind, when.on)
    if not held:
        raise RefusedError(f"{line.name} has nothing to release on {when.on}.", "Check the customer and the date.")
    for hold in held:
        session.get_one(HoldRow, hold.hold_id).released_on = when.on
    if kind == HOLD:
        outbox.note_hold(session, line.customer_id, when.on, is_set=False)
    released = [hold.hold_id for hold in held]
    return touchpoints.write(session, actor, line, "release", when, hold_ids=released, stop=kind)


def _in_force(session: Session, line: CustomerLine, kind: str, on: date) -> list[Hold]:
    found = stored.holds(session, col(CustomerRow.id) == line.customer_id, on).get(line.customer_id, [])
    return [hold for hold in found if hold.kind == kind and hold.invoice_id is None]
