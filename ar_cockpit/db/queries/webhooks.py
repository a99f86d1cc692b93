"""Webhooks in SQL: who wants to be told, what waits, and the delivery's protocol, each step one conditional update."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, insert, literal, or_, select, update
from sqlmodel import Session, col

from ar_cockpit.db.bulk import among, upsert
from ar_cockpit.db.instants import database_now
from ar_cockpit.db.tables import (
    CompanyRow,
    WebhookAttemptRow,
    WebhookDeliveryRow,
    WebhookEndpointRow,
    WebhookEventRow,
)
from ar_cockpit.db.types import UtcDateTime

LEASE_SECONDS = 60
_QUIET = {"synchronize_session": False}
_EVENT = ("company_id", "event_id", "type", "occurred_at", "data")


class Wanting(NamedTuple):
    """An endpoint that wants to be told, of one company or (``None``) of all."""

    endpoint_id: int
    company_id: int | None


@dataclass(frozen=True, slots=True)
class Shipment:
    """A claimed delivery with what is to be sent, where and how it is signed."""

    delivery_id: int
    endpoint_id: int
    attempts: int
    url: str
    secret: str
    event_id: str
    type: str
    company: str
    occurred_at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try; without a next one it was delivered or given up."""

    at: datetime
    state: str
    next_at: datetime | None
    status: int | None
    duration_ms: int
    snippet: str = ""
    error: str = ""


def wanting(session: Session, type_: str) -> list[Wanting]:
    """Return the active endpoints that want events of this type; there are few endpoints."""
    row = WebhookEndpointRow
    found = session.execute(select(col(row.id), col(row.company_id), col(row.events)).where(col(row.state) == "active"))
    return [Wanting(key, company) for key, company, events in found if type_ in events]


def store(session: Session, events: Sequence[tuple[Any, ...]], endpoints: Collection[Wanting], at: datetime) -> None:
    """Write events (company, id, type, instant, data) and what each endpoint is owed of them, set by set."""
    upsert(session, WebhookEventRow, _EVENT, events)
    owed = ("endpoint_id", "event_row_id", "state", "attempts", "next_attempt_at", "owner")
    event = WebhookEventRow
    for one in endpoints:  # a handful, one statement each
        chosen = select(
            literal(one.endpoint_id),
            col(event.id),
            literal("waiting"),
            literal(0),
            literal(at, UtcDateTime()),
            literal(""),
        ).where(among(session, col(event.event_id), [row[1] for row in events]))
        if one.company_id is not None:
            chosen = chosen.where(col(event.company_id) == one.company_id)
        session.execute(insert(WebhookDeliveryRow).from_select(list(owed), chosen))


def something_waits(session: Session, at: datetime) -> bool:
    """Return whether a delivery could be claimed now."""
    return session.execute(select(col(WebhookDeliveryRow.id)).where(_may_be_claimed(at)).limit(1)).first() is not None


def claim(
    session: Session, owner: str, at: datetime, *, most: int, of_each: int, without: Collection[int] = ()
) -> list[Shipment]:
    """Claim up to ``most`` deliveries, not more than ``of_each`` endpoint and none of those ``without``."""
    row = WebhookDeliveryRow
    place = func.row_number().over(partition_by=col(row.endpoint_id), order_by=(col(row.next_attempt_at), col(row.id)))
    ranked = (
        select(col(row.id), col(row.next_attempt_at), place.label("place"))
        .where(_may_be_claimed(at), col(row.endpoint_id).not_in(list(without)))
        .subquery()
    )
    chosen = select(ranked.c.id).where(ranked.c.place <= of_each).order_by(ranked.c.next_attempt_at).limit(most)
    ids = list(session.execute(chosen).scalars())
    claimed = session.execute(
        update(row)
        .where(col(row.id).in_(ids), _may_be_claimed(at))
        .values(state="claimed", owner=owner, lease_until=database_now(LEASE_SECONDS))
        .returning(col(row.id)),
        execution_options=_QUIET,
    )
    return _shipments(session, list(claimed.scalars()))


def settle(session: Session, owner: str, delivery_id: int, tried: Tried) -> bool:
    """Record a try of a delivery in ``owner``'s hands; return whether it still was."""
    row = WebhookDeliveryRow
    values: dict[str, Any] = {"state": tried.state, "attempts": col(row.attempts) + 1, "owner": "", "lease_until": None}
    if tried.next_at:
        values["next_attempt_at"] = tried.next_at
    number = session.execute(
        update(row)
        .where(col(row.id) == delivery_id, col(row.owner) == owner, col(row.state) == "claimed")
        .values(**values)
        .returning(col(row.attempts)),
        execution_options=_QUIET,
    ).scalar_one_or_none()
    if number is None:
        return False
    session.add(
        WebhookAttemptRow(
            delivery_id=delivery_id,
            number=number,
            at=tried.at,
            status=tried.status,
            duration_ms=tried.duration_ms,
            snippet=tried.snippet,
            error=tried.error,
        )
    )
    return True


def note_success(session: Session, endpoint_ids: Collection[int]) -> None:
    """Forget that these endpoints ever failed."""
    row = WebhookEndpointRow
    working = update(row).where(col(row.id).in_(list(endpoint_ids)), col(row.failing_since).is_not(None))
    session.execute(working.values(failing_since=None), execution_options=_QUIET)


def note_failure(session: Session, endpoint_id: int, at: datetime) -> datetime:
    """Note that an endpoint failed, and return since when it has."""
    row = WebhookEndpointRow
    failing = (
        update(row).where(col(row.id) == endpoint_id).values(failing_since=func.coalesce(col(row.failing_since), at))
    )
    since = session.execute(failing.returning(col(row.failing_since)), execution_options=_QUIET).scalar_one_or_none()
    return since or at


def cancel_waiting(session: Session, endpoint_id: int) -> None:
    """Take what waits for an endpoint off its way."""
    row = WebhookDeliveryRow
    leaving = update(row).where(col(row.endpoint_id) == endpoint_id, col(row.state).in_(("waiting", "claimed")))
    session.execute(leaving.values(state="cancelled", owner="", lease_until=None), execution_options=_QUIET)


def _may_be_claimed(at: datetime) -> ColumnElement[bool]:
    row = WebhookDeliveryRow
    waits = and_(col(row.state) == "waiting", col(row.next_attempt_at) <= at)
    left_behind = and_(col(row.state) == "claimed", col(row.lease_until) < database_now())
    return or_(waits, left_behind)


def _shipments(session: Session, delivery_ids: Sequence[int]) -> list[Shipment]:
    delivery, endpoint, event = WebhookDeliveryRow, WebhookEndpointRow, WebhookEventRow
    columns: tuple[Any, ...] = (
        col(delivery.id),
        col(endpoint.id),
        col(delivery.attempts),
        col(endpoint.url),
        col(endpoint.secret),
        col(event.event_id),
        col(event.type),
        col(CompanyRow.code),
        col(event.occurred_at),
        col(event.data),
    )
    question = (
        select(*columns)
        .join(endpoint, col(endpoint.id) == col(delivery.endpoint_id))
        .join(event, col(event.id) == col(delivery.event_row_id))
        .join(CompanyRow, col(CompanyRow.id) == col(event.company_id))
        .where(col(delivery.id).in_(delivery_ids))
        .order_by(col(delivery.id))
    )
    return [Shipment(*one) for one in session.execute(question)]
