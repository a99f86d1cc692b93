"""What became of promises, written on their rows once it is certain; a payment that turns up later corrects it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting import promises as queries
from ar_cockpit.db.queries.collecting.promises import StoredPromise
from ar_cockpit.db.tables import PaymentPlanRow, PromiseRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting import plans
from ar_cockpit.domain.collecting.plans import PlanState
from ar_cockpit.domain.collecting.promises import PromiseState, is_paid
from ar_cockpit.services.collecting import broken_bell
from ar_cockpit.services.webhooks import outbox

_LOOK_BACK = timedelta(days=180)
_DECIDED = (PromiseState.KEPT, PromiseState.BROKEN)
_RUNNING = (PlanState.ACTIVE.value, PlanState.BROKEN.value)


def settle(session: Session, actor: Actor, as_of: date) -> dict[str, int]:
    """Mark the promises that are kept or broken by ``as_of`` and return how many were newly so.

    Payment plans follow their instalments, and are counted as ``plans_...``.
    """
    actor.require(Permission.RUN_JOBS)
    since = as_of - _LOOK_BACK
    alive = col(PromiseRow.state) != PromiseState.CANCELLED.value
    states = select(col(PromiseRow.id), col(PromiseRow.state)).where(alive, col(PromiseRow.promised_for) >= since)
    before: dict[int, str] = dict(session.execute(states).all())
    decided: list[dict[str, Any]] = []
    for one in queries.promises(session, alive, as_of, promised_since=since):
        outcome = one.outcome(as_of)
        if outcome and outcome.state in _DECIDED and outcome.state.value != before.get(one.promise_id):
            told = {"state": outcome.state.value, "decided_on": outcome.decided_on}
            decided.append({"id": one.promise_id, "received_minor": outcome.received_minor, **told})
    if decided:
        session.execute(update(PromiseRow), decided, execution_options={"synchronize_session": False})
        broken = {one["id"]: one["decided_on"] for one in decided if one["state"] == PromiseState.BROKEN.value}
        outbox.note_broken(session, broken)
        broken_bell.ring(session, actor, broken, as_of)
    return dict(Counter(str(one["state"]) for one in decided)) | _settle_plans(session, as_of)


def _settle_plans(session: Session, as_of: date) -> dict[str, int]:
    plan = PaymentPlanRow
    running = select(col(plan.id), col(plan.state)).where(col(plan.state).in_(_RUNNING))
    before: dict[int, str] = dict(session.execute(running).all())
    by_plan: dict[int, list[StoredPromise]] = defaultdict(list)
    of_running = col(PromiseRow.plan_id).in_(select(col(plan.id)).where(col(plan.state).in_(_RUNNING)))
    for one in queries.promises(session, of_running, as_of) if before else ():
        if one.plan_id is not None:
            by_plan[one.plan_id].append(one)
    changed = []
    for plan_id, parts in by_plan.items():
        paid = is_paid([one.promise for one in parts], as_of)
        state = plans.state_of([one.outcome(as_of) for one in parts], is_paid=paid).value
        if state != before[plan_id]:
            changed.append({"id": plan_id, "state": state, "state_on": as_of})
    if changed:
        session.execute(update(plan), changed, execution_options={"synchronize_session": False})
    return dict(Counter(f"plans_{one['state']}" for one in changed))
