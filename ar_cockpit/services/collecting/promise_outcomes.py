"""What became of promises, written on their rows once it is certain; a payment that turns up later corrects it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from ar_cockpit.db.queries.collecting import promises as queries
from ar_cockpit.db.tables import PromiseRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.collecting.promises import PromiseState
from ar_cockpit.services.webhooks import outbox

_LOOK_BACK = timedelta(days=180)
_DECIDED = (PromiseState.KEPT, PromiseState.BROKEN)


def settle(session: Session, actor: Actor, as_of: date) -> dict[str, int]:
    """Mark the promises that are kept or broken by ``as_of`` and return how many were newly so."""
    actor.require(Permission.RUN_JOBS)
    since = as_of - _LOOK_BACK
    alive = col(PromiseRow.state) != PromiseState.CANCELLED.value
    states = select(col(PromiseRow.id), col(PromiseRow.state)).where(alive, col(PromiseRow.promised_for) >= since)
    before: dict[int, str] = dict(session.execute(states).all())
    decided: list[dict[str, Any]] = []
    for one in queries.promises(session, alive, as_of, promised_since=since):
        outcome = one.outcome(as_of)
        if outcome and outcome.state in _DECIDED and outcome.state.value != before.get(one.promise_id):
            decided.append({"id": one.promise_id, "state": outcome.state.value, "decided_on": outcome.decided_on})
    if decided:
        session.execute(update(PromiseRow), decided, execution_options={"synchronize_session": False})
        broken = {one["id"]: one["decided_on"] for one in decided if one["state"] == PromiseState.BROKEN.value}
        outbox.note_broken(session, broken)
    return dict(Counter(str(one["state"]) for one in decided))
