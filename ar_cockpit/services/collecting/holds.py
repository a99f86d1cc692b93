"""Stops on reminders: a hold by finance, a pause by sales."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import Session, col, select

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries import customers as stored
from ar_cockpit.db.queries.customers import CustomerLine, Hold
from ar_cockpit.db.tables import CustomerRow, HoldRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.cadence.pausing import FirmStep
from ar_cockpit.domain.cadence.plan import MANUAL_TAG
from ar_cockpit.domain.collecting.commitments import LONGEST_PAUSE
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.reach import InvoiceLine
from ar_cockpit.services.reminders import policy
from ar_cockpit.services.webhooks import outbox

HOLD, SALES_PAUSE, MANUAL, SKIP = "hold", "sales_pause", "manual", "skip"
_WORDS = {HOLD: "hold", SALES_PAUSE: "pause", MANUAL: "manual", SKIP: "skip"}  # the kind of the touchpoint


def set_hold(
    session: Session, actor: Actor, line: CustomerLine, reason: str, when: Moment, until: date | None = None
) -> int:
    """Put a customer on hold, up to and with a day if one is given: no reminders, and sales sees who stopped it."""
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    if until is not None and until < when.on:
        raise InputError(f"{until} is past.", "Give a day to come, or none.")
    if _in_force(session, line, HOLD, when.on):
        raise RefusedError(f"{line.name} is on hold already.", "Release that hold first.")
    return _stop(session, actor, line, HOLD, touchpoints.required_text(reason, "The reason"), until, when)


def release_hold(session: Session, actor: Actor, line: CustomerLine, when: Moment) -> int:
    """Release a customer's hold."""
    actor.require(Permission.WORK_CUSTOMERS, line.company_id)
    return _release(session, actor, line, HOLD, when)


def end_past(session: Session, actor: Actor, when: Moment) -> int:
    """Release finance's holds whose last day is over, as a person would, and return how many; twice a day is once."""
    actor.require(Permission.RUN_JOBS)
    row = HoldRow
    is_over = (col(row.kind) == HOLD, col(row.released_on).is_(None), col(row.until_on) < when.on)
    over = session.exec(select(row).where(*is_over).order_by(col(row.id))).all()
    whole = {one.customer_id: one.id for one in over if one.invoice_id is None}
    for one in over:
        one.released_on = (one.until_on or when.on) + timedelta(days=1)
    session.flush()
    lines = stored.customer_lines(session, among(session, col(CustomerRow.id), whole))
    outbox.note_hold(session, whole, when.on, is_set=False)
    told = [(line, {"hold_ids": [whole[line.customer_id]], "stop": HOLD}) for line in lines]
    touchpoints.write_all(session, actor, told, "release", when)
    return len(over)


def pause_step(
    session: Session, actor: Actor, customer_id: int, firm: FirmStep, reason: str, until: date, when: Moment
) -> int:
    """Let sales pause a coming firm step of some invoices up to and with a day, saying why.

    The step and the harder ones after it wait; milder steps and other invoices go on.
    """
    line = reach.customer(session, actor, Permission.PAUSE_STEP, customer_id)
    reason = touchpoints.required_text(reason, "The reason")
    if not when.on < until <= when.on + LONGEST_PAUSE:
        raise InputError(f"{until} is no day to pause to.", f"Choose one of the next {LONGEST_PAUSE.days} days.")
    _check_told(session, firm.step)
    waiting = _not_paused(session, actor, line, firm, when.on)
    rows = [_row(actor, line, SALES_PAUSE, reason, until, when) for _ in waiting]
    for row, invoice in zip(rows, waiting, strict=True):
        row.invoice_id, row.step = invoice.invoice_id, firm.step
    session.add_all(rows)
    session.flush()
    numbers = [invoice.number for invoice in waiting]
    facts = {"hold_ids": [row.id for row in rows], "step": firm.step, "invoices": numbers, "until": until.isoformat()}
    return touchpoints.write(session, actor, line, "pause", when, text=reason, **facts)


def resume_reminders(session: Session, actor: Actor, customer_id: int, when: Moment) -> int:
    """End the pauses that sales set for a customer before their day."""
    line = reach.customer(session, actor, Permission.PAUSE_STEP, customer_id)
    return _release(session, actor, line, SALES_PAUSE, when)


def mark_manual(session: Session, actor: Actor, customer_id: int, reason: str, when: Moment) -> int:
    """Take a customer out of the reminders that go by themselves, until a person sets it back."""
    return mark_all_manual(session, actor, [customer_id], reason, when)[0]


def mark_all_manual(
    session: Session, actor: Actor, customer_ids: Sequence[int], reason: str, when: Moment
) -> list[int]:
    """Take customers out of the reminders that go by themselves; return the keys in the same order."""
    lines = reach.customers(session, actor, Permission.WORK_CUSTOMERS, customer_ids)
    held = stored.holds(session, col(CustomerRow.id).in_(customer_ids), when.on)
    for line in lines:
        if any(hold.kind == MANUAL and hold.invoice_id is None for hold in held.get(line.customer_id, ())):
            raise RefusedError(f"{line.name} is handled by hand already.", "Nothing was changed.")
    reason = touchpoints.required_text(reason, "The reason")
    rows = [_row(actor, line, MANUAL, reason, None, when) for line in lines]
    session.add_all(rows)
    session.flush()
    told = [(line, {"hold_id": row.id, "until": None}) for line, row in zip(lines, rows, strict=True)]
    return touchpoints.write_all(session, actor, told, _WORDS[MANUAL], when, text=reason)


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
    row = _row(actor, line, kind, reason, until, when)
    session.add(row)
    session.flush()
    if kind == HOLD:
        outbox.note_hold(session, [line.customer_id], when.on, is_set=True, reason=reason)
    facts = {"hold_id": row.id, "until": until.isoformat() if until else None}
    return touchpoints.write(session, actor, line, _WORDS[kind], when, text=reason, **facts)


def _row(actor: Actor, line: CustomerLine, kind: str, reason: str, until: date | None, when: Moment) -> HoldRow:
    return HoldRow(
        company_id=line.company_id,
        customer_id=line.customer_id,
        kind=kind,
        reason=reason,
        set_on=when.on,
        set_by=actor.email,
        until_on=until,
    )


def _check_told(session: Session, step: str) -> None:
    cadences = policy.in_force(session).policy.cadences.values()
    if not any(one.key == step and one.tell_sales_days for cadence in cadences for one in cadence.steps):
        raise InputError(f"{step!r} is no step that sales are told of.", "Only those can be paused; ask the collector.")


def _not_paused(session: Session, actor: Actor, line: CustomerLine, firm: FirmStep, on: date) -> list[InvoiceLine]:
    asked = reach.invoices(session, actor, Permission.PAUSE_STEP, firm.invoice_ids, on)
    if not asked or any(invoice.customer_id != line.customer_id for invoice in asked):
        raise NotFoundError("There is no such invoice.", "It may belong to a company you do not see.")
    paused = {hold.invoice_id for hold in _in_force(session, line, SALES_PAUSE, on) if hold.step in {"", firm.step}}
    waiting = [one for one in asked if one.open_minor > 0 and not paused & {None, one.invoice_id}]
    if not waiting:
        raise RefusedError(f"This step of {line.name} is paused or paid already.", "There is nothing left to pause.")
    return waiting


def _release(session: Session, actor: Actor, line: CustomerLine, kind: str, when: Moment) -> int:
    held = _in_force(session, line, kind, when.on)
    if not held:
        raise RefusedError(f"{line.name} has nothing to release on {when.on}.", "Check the customer and the date.")
    for hold in held:
        session.get_one(HoldRow, hold.hold_id).released_on = when.on
    if kind == HOLD:
        outbox.note_hold(session, [line.customer_id], when.on, is_set=False)
    released = [hold.hold_id for hold in held]
    return touchpoints.write(session, actor, line, "release", when, hold_ids=released, stop=kind)


def _in_force(session: Session, line: CustomerLine, kind: str, on: date) -> list[Hold]:
    found = stored.holds(session, col(CustomerRow.id) == line.customer_id, on).get(line.customer_id, [])
    return [hold for hold in found if hold.kind == kind and (hold.invoice_id is None or kind == SALES_PAUSE)]
