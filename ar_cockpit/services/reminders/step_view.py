"""What stands beside a step while it is edited: how it did, on whom it can be tried, and what would be skipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import membership as facts
from ar_cockpit.db.queries.reminders.membership import Asked
from ar_cockpit.db.queries.reminders.step_results import answered, latest_steps, paid_soon, sent_and_lost
from ar_cockpit.db.queries.scope import customer_clause
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.policy.model import Policy
from ar_cockpit.services.reminders.membership import Membership, Portfolio, largest

SPAN = timedelta(days=90)
SOON = 7  # days in which a payment is laid to the step
_CANDIDATES = 12
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class StepResults:
    """What a step did in the 90 days to a date, its shares from 0 to 1.

    ``paid_share`` is ``None`` when no reminder is old enough to tell, ``answered_share`` when no mail went.
    """

    done: int = 0
    lost: int = 0
    paid_share: float | None = None
    answered_share: float | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step that is new or earlier, and the open invoices that passed it already: they go on from where they are."""

    cadence: str
    step: str
    invoices: int


def results(session: Session, actor: Actor, cadence: str, step: str, as_of: date) -> StepResults:
    """Return how a step did with the customers that ``actor`` may see."""
    actor.require(Permission.EDIT_POLICY)
    wanted = customer_clause(actor.scope(Permission.VIEW_CUSTOMERS), actor.email)
    since = as_of - SPAN
    done, lost = sent_and_lost(session, wanted, cadence, step, since, as_of)
    if not done:
        return StepResults(done, lost)
    paid = paid_soon(session, wanted, cadence, step, since, as_of, SOON)
    return StepResults(done, lost, paid, answered(session, wanted, cadence, step, since, as_of))


def candidates(session: Session, actor: Actor, known: Portfolio, membership: Membership, segment: str) -> list[Asked]:
    """Return customers of a segment on whom a message can be tried: they owe something and can be written to."""
    scope = actor.scope(Permission.VIEW_CUSTOMERS)
    found = largest(known, membership, segment, _LOOKED_AT)
    reachable = facts.with_address(session, [one.customer_id for one in found], customer_clause(scope, actor.email))
    return [one for one in found if one.customer_id in reachable][:_CANDIDATES]


def skipped(
    session: Session, actor: Actor, membership: Membership, before: Policy, after: Policy, as_of: date
) -> list[Skipped]:
    """Return the steps that open invoices would skip if ``after`` took the place of ``before``."""
    wanted = customer_clause(actor.scope(Permission.EDIT_POLICY), actor.email)
    cadence_of = {segment.key: segment.cadence for segment in after.segments}
    passed: dict[str, list[int]] = {}
    for customer_id, offset in latest_steps(session, wanted, as_of):
        segment = membership.segment_of.get(customer_id)
        if segment is not None:
            passed.setdefault(cadence_of[segment], []).append(offset)
    found: list[Skipped] = []
    for key, cadence in after.cadences.items():
        old = _offsets(before, key)
        for step in cadence.steps:
            if step.key in old and old[step.key] <= step.offset:
                continue
            count = sum(offset >= step.offset for offset in passed.get(key, ()))
            if count:
                found.append(Skipped(key, step.key, count))
    return found


def _offsets(policy: Policy, cadence: str) -> Mapping[str, int]:
    known = policy.cadences.get(cadence)
    return {step.key: step.offset for step in known.steps} if known else {}
