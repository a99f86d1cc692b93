"""What a collector does with a customer: call, note, done, snooze; and what sales asks. Each can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting.worklist import ASK, DONE, NOTE, SNOOZE
from ar_cockpit.db.tables import CustomerRow, MessageRow, TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.commitments import LONGEST_SNOOZE, CallOutcome
from ar_cockpit.domain.errors import InputError
from ar_cockpit.services import reach
from ar_cockpit.services.collecting import touchpoints
from ar_cockpit.services.collecting.touchpoints import Moment
from ar_cockpit.services.customers import mentions


def log_call(
    session: Session,
    actor: Actor,
    customer_id: int,
    outcome: CallOutcome,
    text: str,
    when: Moment,
    *,
    again_on: date | None = None,
) -> int:
    """Record a call with its outcome; the customer's waiting call tasks are done with it.

    ``again_on`` is the day on which to call again: the customer sleeps until then.
    """
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    closed = _close_tasks(session, actor, customer_id, ("call",), when)
    facts: dict[str, object] = {"outcome": outcome.value, "closed_tasks": closed}
    if again_on is not None:
        facts["again_on"] = again_on.isoformat()
        facts["snooze_touchpoint"] = snooze(session, actor, customer_id, again_on, "", when)
    return touchpoints.write(session, actor, line, "call", when, text=text, **facts)


def add_note(
    session: Session, actor: Actor, customer_id: int, text: str, when: Moment, *, finance_only: bool = False
) -> int:
    """Write a note on a customer; whom it names by ``@`` is told. ``finance_only`` keeps it from sales."""
    line = reach.customer(session, actor, Permission.WRITE_NOTE, customer_id)
    if finance_only:
        actor.require(Permission.VIEW_INTERNAL, line.company_id)
    said = touchpoints.required_text(text, "The note")
    done = touchpoints.write(session, actor, line, NOTE, when, text=said)
    session.get_one(TouchpointRow, done).finance_only = finance_only
    mentions.record(session, actor, line, done, said, at=when.at, finance_only=finance_only)
    return done


def mark_done(session: Session, actor: Actor, customer_id: int, when: Moment) -> int:
    """Take a customer off today's list; letters and allocations that waited are done with it."""
    line = reach.customer(session, actor, Permission.WORK_CUSTOMERS, customer_id)
    closed = _close_tasks(session, actor, customer_id, ("call", "letter", "sms", "allocate"), when)
    return touchpoints.write(session, actor, line, DONE, when, closed_tasks=closed)


def snooze(session: Session, actor: Actor, customer_id: int, until: date, text: str, when: Moment) -> int:
    """Let a customer sleep until a day, on which it comes back to the list."""
    return snooze_all(session, actor, [customer_id], until, text, when)[0]


def snooze_all(
    session: Session, actor: Actor, customer_ids: Sequence[int], until: date, text: str, when: Moment
) -> list[int]:
    """Let customers sleep until a day; return the keys in the same order."""
    lines = reach.customers(session, actor, Permission.WORK_CUSTOMERS, customer_ids)
    if not when.on < until <= when.on + LONGEST_SNOOZE:
        raise InputError(f"{until} is no day to snooze to.", f"Choose one of the next {LONGEST_SNOOZE.days} days.")
    row = CustomerRow
    asked = col(row.id).in_(customer_ids)
    sleeping = session.execute(select(col(row.id), col(row.snoozed_until)).where(asked))
    before = {key: day.isoformat() if day else None for key, day in sleeping}
    session.execute(update(row).where(asked).values(snoozed_until=until))
    told = [(line, {"until": until.isoformat(), "before": before[line.customer_id]}) for line in lines]
    return touchpoints.write_all(session, actor, told, SNOOZE, when, text=text)


def ask_collector(session: Session, actor: Actor, customer_id: int, text: str, when: Moment) -> int:
    """Put a question of sales before the collector: it stands among the task's reasons until it is answered."""
    line = reach.customer(session, actor, Permission.WRITE_NOTE, customer_id)
    asked = touchpoints.required_text(text, "The question")
    return touchpoints.write(session, actor, line, ASK, when, text=asked, to=line.collector_email)


def _close_tasks(
    session: Session, actor: Actor, customer_id: int, channels: tuple[str, ...], when: Moment
) -> list[int]:
    waiting = (
        col(MessageRow.customer_id) == customer_id,
        col(MessageRow.state) == "to_do",
        col(MessageRow.channel).in_(channels),
    )
    found = list(session.scalars(select(col(MessageRow.id)).where(*waiting).order_by(col(MessageRow.id))))
    if found:
        closing = update(MessageRow).where(col(MessageRow.id).in_(found))
        session.execute(closing.values(state="done", closed_at=when.at, closed_by=actor.email))
    return found
