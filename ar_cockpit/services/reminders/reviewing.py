"""A day's messages looked through by a person: seen as they will go, and sent exactly as chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.reminders.messages import serialise_runs
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.services import audit, clock
from ar_cockpit.services.reminders.looking import Looked, look
from ar_cockpit.services.reminders.outgoing import draft, record_touches
from ar_cockpit.services.reminders.telling import record_tellings
from ar_cockpit.settings import get_settings


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many of the chosen messages went into the outbox; the others had changed since they were looked at."""

    asked: int
    recorded: int


def preview(session: Session, actor: Actor, customer_id: int, as_of: date) -> dict[str, Any]:
    """Return a customer's message or task of the day as the outbox would hold it."""
    looked = _looked(session, actor, Permission.VIEW_PLAN, [customer_id], as_of)
    if not looked.plan.day.touches:
        raise NotFoundError("Nothing goes to this customer on this day any more.", "Look at the list again.")
    return draft(session, looked.plan, looked.plan.day.touches[0])


def send_chosen(session: Session, actor: Actor, customer_ids: Collection[int], as_of: date, *, at: datetime) -> Chosen:
    """Put the day's messages to these customers into the outbox, and nothing else; the rest waits for the run."""
    if not customer_ids:
        raise InputError("No message is chosen.", "Choose at least one.")
    if as_of > clock.today(get_settings().zone):
        raise RefusedError("Messages of a coming day cannot be sent yet.", "Look at today's.")
    serialise_runs(session)
    looked = _looked(session, actor, Permission.WORK_CUSTOMERS, customer_ids, as_of)
    plan = looked.plan
    plan.day.touches = plan.messages
    touched = {touch.customer_id for touch in plan.day.touches}
    plan.day.tellings = [one for one in plan.day.tellings if one.customer_id in touched]
    recorded = record_touches(session, plan, version_id=looked.in_force.version_id, at=at)
    record_tellings(session, actor, plan, at)
    if recorded.messages:
        after = {"messages": recorded.messages, "chosen": len(set(customer_ids))}
        audit.record(session, actor, "cadence.send_chosen", ("cadence", as_of.isoformat()), after=after)
    return Chosen(len(set(customer_ids)), recorded.messages)


def _looked(
    session: Session, actor: Actor, permission: Permission, customer_ids: Collection[int], as_of: date
) -> Looked:
    scope = customer_clause(actor.scope(permission), actor.email)
    return look(session, and_(scope, among(session, col(CustomerRow.id), sorted(set(customer_ids)))), as_of)
