"""Take back what a person did by mistake: the touchpoint says so, and the fact behind it is reversed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import update
from sqlmodel import Session, col

from ar_cockpit.db.tables import CustomerRow, HoldRow, MessageRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError, RefusedError
from ar_cockpit.domain.undo import TIME_TO_UNDO
from ar_cockpit.services import audit, reach
from ar_cockpit.services.collecting import reversals, touchpoints
from ar_cockpit.services.webhooks import outbox


def undo(session: Session, actor: Actor, touchpoint_id: int, *, at: datetime) -> str:
    """Reverse an act of the last day and return its kind; raise ``RefusedError`` when that cannot be done any more."""
    row = session.get(TouchpointRow, touchpoint_id)
    reverse = _REVERSALS.get(row.kind) if row else None
    if row is None or reverse is None:
        raise NotFoundError("There is nothing to undo.")
    is_own = row.actor_email == actor.email
    line = reach.customer(
        session, actor, Permission.WRITE_NOTE if is_own else Permission.WORK_CUSTOMERS, row.customer_id
    )
    if row.undone_at is not None:
        raise RefusedError("This was undone already.")
    if at - row.happened_at > TIME_TO_UNDO:
        raise RefusedError("This is too old to be undone.", "Record the opposite instead.")
    reverse(session, row)
    row.undone_at = at
    audit.record(session, actor, f"customer.{row.kind}.undo", touchpoints.subject(line), before=dict(row.facts))
    return row.kind


def _reopen_tasks(session: Session, row: TouchpointRow) -> None:
    # A note or a question closed none, and has no other fact behind it.
    closed = row.facts.get("closed_tasks") or []
    reopening = update(MessageRow).where(col(MessageRow.id).in_(closed), col(MessageRow.state) == "done")
    session.execute(reopening.values(state="to_do", closed_at=None, closed_by=""))
    again = row.facts.get("snooze_touchpoint")
    if again is not None:  # a call that said when to call again
        slept = session.get_one(TouchpointRow, again)
        if slept.undone_at is None:
            _wake(session, slept)
            slept.undone_at = row.happened_at


def _wake(session: Session, row: TouchpointRow) -> None:
    before = row.facts.get("before")
    session.get_one(CustomerRow, row.customer_id).snoozed_until = date.fromisoformat(before) if before else None


def _lift(session: Session, row: TouchpointRow) -> None:
    for hold_id in row.facts.get("hold_ids") or [row.facts["hold_id"]]:
        hold = session.get_one(HoldRow, hold_id)
        hold.released_on = hold.set_on
    if row.kind == "hold":
        outbox.note_hold(session, [row.customer_id], row.happened_on, is_set=False)


def _hold_again(session: Session, row: TouchpointRow) -> None:
    session.execute(update(HoldRow).where(col(HoldRow.id).in_(row.facts["hold_ids"])).values(released_on=None))
    if "tags" in row.facts:
        session.get_one(CustomerRow, row.customer_id).tags = row.facts["tags"]
    if row.facts["stop"] == "hold":
        reason = session.get_one(HoldRow, row.facts["hold_ids"][0]).reason
        outbox.note_hold(session, [row.customer_id], row.happened_on, is_set=True, reason=reason)


def _give_back(session: Session, row: TouchpointRow) -> None:
    customer = session.get_one(CustomerRow, row.customer_id)
    if customer.collector_email.lower() != row.facts["to"]:
        raise RefusedError("The customer has been handed over again since.", "Hand it over anew.")
    customer.collector_email = row.facts["before"]


_REVERSALS: dict[str, Callable[[Session, TouchpointRow], None]] = {
    "call": _reopen_tasks,
    "done": _reopen_tasks,
    "note": _reopen_tasks,
    "ask": _reopen_tasks,
    "answer": _reopen_tasks,
    "snooze": _wake,
    "handover": _give_back,
    "hold": _lift,
    "pause": _lift,
    "manual": _lift,
    "skip": _lift,
    "release": _hold_again,
    **reversals.OF_AGREEMENTS,
}
