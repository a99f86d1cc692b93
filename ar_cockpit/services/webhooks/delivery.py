"""Delivering: claim, send, record. At least once, in each try by one process only, with the same event id each time."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.queries import webhooks as queries
from ar_cockpit.db.queries.webhooks import Shipment, Tried
from ar_cockpit.db.session import transaction
from ar_cockpit.db.tables import WebhookEndpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.webhooks.events import GIVE_UP_AFTER, wait_after
from ar_cockpit.services import audit, clock
from ar_cockpit.services.webhooks import wire
from ar_cockpit.services.webhooks.wire import Resolve, Said

_AT_ONCE = 16
_OF_EACH = 4  # an endpoint that keeps silent does not hold up the others
_GONE = 410
_CHANCE = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Orders:
    """How a run delivers: at most how many, by which clock, and whether private addresses are allowed."""

    most: int = 1000
    allow_private: bool = False
    now: Callable[[], datetime] = clock.now
    stop: threading.Event = field(default_factory=threading.Event)
    resolve: Resolve = wire.resolve


def deliver(engine: Engine, actor: Actor, orders: Orders) -> Counter[str]:
    """Deliver what waits, wave by wave, and return how many deliveries came to which state."""
    actor.require(Permission.RUN_JOBS)
    owner, counts = f"hooks-{secrets.token_hex(8)}", Counter[str]()
    failing: set[int] = set()  # not asked again in this run
    while not orders.stop.is_set() and counts.total() < orders.most:
        with transaction(engine) as session:
            most = min(_AT_ONCE, orders.most - counts.total())
            claimed = queries.claim(session, owner, orders.now(), most=most, of_each=_OF_EACH, without=failing)
        if not claimed:
            break
        said = asyncio.run(_send(claimed, orders))
        with transaction(engine) as session:
            for shipment, answer in zip(claimed, said, strict=True):
                counts[_record(session, actor, owner, shipment, answer, orders.now())] += 1
            queries.note_success(
                session, _endpoints(claimed, said, taken=True) - _endpoints(claimed, said, taken=False)
            )
        failing |= _endpoints(claimed, said, taken=False)
    return counts


async def _send(shipments: Sequence[Shipment], orders: Orders) -> list[Said]:
    sending = (
        wire.post(one, orders.now(), allow_private=orders.allow_private, resolve=orders.resolve) for one in shipments
    )
    return list(await asyncio.gather(*sending))


def _record(session: Session, actor: Actor, owner: str, shipment: Shipment, said: Said, at: datetime) -> str:
    """Record one try; return what became of the delivery, ``lost`` when it was no longer ours."""
    wait = None if said.is_taken else wait_after(shipment.attempts + 1, _CHANCE.random())
    state = "delivered" if said.is_taken else "waiting" if wait else "failed"
    next_at = at + wait if wait else None
    tried = Tried(at, state, next_at, said.status, said.duration_ms, said.snippet, said.error)
    if not queries.settle(session, owner, shipment.delivery_id, tried):
        return "lost"
    if not said.is_taken:
        since = queries.note_failure(session, shipment.endpoint_id, at)
        if said.status == _GONE:
            _disable(session, actor, shipment, "It answered 410: it is gone for good.")
        elif state == "failed" and at - since >= GIVE_UP_AFTER:
            told = f"Nothing got through since {since:%Y-%m-%d %H:%M} UTC; the last try: {said.error}."
            _disable(session, actor, shipment, told)
    return state


def _disable(session: Session, actor: Actor, shipment: Shipment, reason: str) -> None:
    row = session.get_one(WebhookEndpointRow, shipment.endpoint_id)
    if row.state == "disabled":
        return
    row.state, row.reason = "disabled", reason
    queries.cancel_waiting(session, row.id)
    audit.record(session, actor, "webhook.disable", ("webhook", str(row.id)), after={"reason": reason, "url": row.url})


def _endpoints(shipments: Sequence[Shipment], said: Sequence[Said], *, taken: bool) -> set[int]:
    return {one.endpoint_id for one, answer in zip(shipments, said, strict=True) if answer.is_taken is taken}
