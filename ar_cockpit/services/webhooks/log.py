"""What became of deliveries, newest first, and what of it is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlmodel import Session, col

from ar_cockpit.db.queries import webhooks as stored
from ar_cockpit.db.tables import WebhookAttemptRow, WebhookDeliveryRow, WebhookEndpointRow, WebhookEventRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.services import audit
from ar_cockpit.services.webhooks import endpoints

_QUIET = {"synchronize_session": False}
_NEWEST = 2**31 - 1  # as far as keys go
_UNFINISHED = ("waiting", "claimed")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, and what came of it."""

    number: int
    at: datetime
    status: int | None
    duration_ms: int
    snippet: str
    error: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to an endpoint, with its tries."""

    delivery_id: int
    event_id: str
    type: str
    state: str
    occurred_at: datetime
    next_attempt_at: datetime | None
    attempts: tuple[Attempt, ...]


def deliveries(session: Session, actor: Actor, endpoint_id: int, *, before: int = 0, most: int = 100) -> list[Delivery]:
    """Return an endpoint's deliveries, newest first; ``before`` is the key of the last one seen."""
    endpoints.get(session, actor, endpoint_id)
    row, event = WebhookDeliveryRow, WebhookEventRow
    columns: tuple[Any, ...] = (
        col(row.id),
        col(event.event_id),
        col(event.type),
        col(row.state),
        col(event.occurred_at),
        col(row.next_attempt_at),
    )
    question = (
        select(*columns)
        .join(event, col(event.id) == col(row.event_row_id))
        .where(col(row.endpoint_id) == endpoint_id, col(row.id) < (before or _NEWEST))
        .order_by(col(row.id).desc())
        .limit(most)
    )
    found = list(session.execute(question))
    tries = _attempts(session, [one[0] for one in found])
    return [
        Delivery(key, event_id, type_, state, at, next_at if state in _UNFINISHED else None, tuple(tries[key]))
        for key, event_id, type_, state, at, next_at in found
    ]


def something_waits(session: Session, at: datetime) -> bool:
    """Return whether a delivery may be tried now."""
    return stored.something_waits(session, at)


def forget_before(session: Session, at: datetime) -> int:
    """Remove events from before ``at`` of which nothing is on its way any more; return how many."""
    delivery, event = WebhookDeliveryRow, WebhookEventRow
    under_way = exists().where(col(delivery.event_row_id) == col(event.id), col(delivery.state).in_(_UNFINISHED))
    old = select(col(event.id)).where(col(event.occurred_at) < at, ~under_way.correlate(event))
    events = list(session.execute(old.limit(100_000)).scalars())
    _forget(session, col(delivery.event_row_id).in_(old))
    gone = delete(event).where(col(event.occurred_at) < at, ~under_way.correlate(event))
    session.execute(gone, execution_options=_QUIET)
    return len(events)


def _forget(session: Session, which: Any) -> None:
    chosen = select(col(WebhookDeliveryRow.id)).where(which)
    tries = delete(WebhookAttemptRow).where(col(WebhookAttemptRow.delivery_id).in_(chosen))
    session.execute(tries, execution_options=_QUIET)
    session.execute(delete(WebhookDeliveryRow).where(which), execution_options=_QUIET)


def _attempts(session: Session, delivery_ids: Sequence[int]) -> dict[int, list[Attempt]]:
    row = WebhookAttemptRow
    columns: tuple[Any, ...] = (
        col(row.delivery_id),
        col(row.number),
        col(row.at),
        col(row.status),
        col(row.duration_ms),
        col(row.snippet),
        col(row.error),
    )
    question = select(*columns).where(col(row.delivery_id).in_(delivery_ids)).order_by(col(row.number), col(row.id))
    found: dict[int, list[Attempt]] = defaultdict(list)
    for key, *values in session.execute(question):
        found[key].append(Attempt(*values))
    return found


def remove_endpoint(session: Session, actor: Actor, endpoint_id: int) -> None:
    """Remove an endpoint with its log; events on their way to it are not sent."""
    found = endpoints.get(session, actor, endpoint_id)
    _forget(session, col(WebhookDeliveryRow.endpoint_id) == endpoint_id)
    session.delete(session.get_one(WebhookEndpointRow, endpoint_id))
    audit.record(session, actor, "webhook.remove", ("webhook", str(endpoint_id)), before={"url": found.url})
