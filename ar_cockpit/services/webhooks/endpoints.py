"""Endpoints: registered, changed, disabled and removed by whoever may, within their companies."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
from sqlalchemy import func, select
from sqlmodel import Session, col

from ar_cockpit.db.queries import webhooks as stored
from ar_cockpit.db.tables import CompanyRow, WebhookEndpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, NotFoundError, RefusedError
from ar_cockpit.domain.webhooks.addresses import is_literal, is_public
from ar_cockpit.domain.webhooks.events import EventType
from ar_cockpit.services import audit

MOST_ENDPOINTS = 50
_LONGEST_URL = 2000
_LONGEST_TEXT = 300
_HOST = re.compile(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")  # a name, or an IPv6 address
_PERMISSION = Permission.MANAGE_WEBHOOKS


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as listed: never its secret."""

    endpoint_id: int
    company_id: int | None
    company: str | None
    url: str
    description: str
    events: tuple[str, ...]
    state: str
    reason: str
    failing_since: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What an endpoint is to be; what is ``None`` stays as it is."""

    url: str | None = None
    events: Sequence[EventType] | None = None
    description: str | None = None
    is_active: bool | None = None


def add(
    session: Session, actor: Actor, wish: Wish, *, company: str = "", allow_private: bool = False, at: datetime
) -> tuple[Endpoint, str]:
    """Register an endpoint; return it with its secret, which is shown this once."""
    company_id = _company(session, actor, company)
    if session.execute(select(func.count()).select_from(WebhookEndpointRow)).scalar_one() >= MOST_ENDPOINTS:
        raise RefusedError(f"There are {MOST_ENDPOINTS} endpoints already.", "Remove one that is not used.")
    if wish.url is None or not wish.events:
        raise InputError("An endpoint needs an address and events.", f"Events: {', '.join(EventType)}.")
    row = WebhookEndpointRow(
        company_id=company_id,
        url=checked_url(wish.url, allow_private=allow_private),
        description=_text(wish.description),
        events=_events(wish.events),
        secret=_secret(),
        created_at=at,
        created_by=actor.email,
    )
    session.add(row)
    session.flush()
    after = {"url": row.url, "events": row.events, "company": company}
    audit.record(session, actor, "webhook.add", ("webhook", str(row.id)), after=after)
    return get(session, actor, row.id), row.secret


def listed(session: Session, actor: Actor) -> list[Endpoint]:
    """Return the endpoints that ``actor`` may manage."""
    reached = actor.scope(_PERMISSION).company_ids
    question = (
        select(WebhookEndpointRow, col(CompanyRow.code))
        .outerjoin(CompanyRow, col(CompanyRow.id) == col(WebhookEndpointRow.company_id))
        .order_by(col(WebhookEndpointRow.id))
    )
    found = [_told(row, code) for row, code in session.execute(question)]
    return [one for one in found if reached is None or one.company_id in reached]


def get(session: Session, actor: Actor, endpoint_id: int) -> Endpoint:
    """Return one endpoint; raise ``NotFoundError`` when there is none that ``actor`` may manage."""
    found = next((one for one in listed(session, actor) if one.endpoint_id == endpoint_id), None)
    if found is None:
        raise NotFoundError(f"There is no webhook {endpoint_id}.", "ar-cockpit webhook list shows them.")
    return found


def change(session: Session, actor: Actor, endpoint_id: int, wish: Wish, *, allow_private: bool = False) -> Endpoint:
    """Change what ``wish`` tells of an endpoint, and return it."""
    before = get(session, actor, endpoint_id)
    row = session.get_one(WebhookEndpointRow, endpoint_id)
    if wish.url is not None:
        row.url = checked_url(wish.url, allow_private=allow_private)
    if wish.events is not None:
        row.events = _events(wish.events)
    if wish.description is not None:
        row.description = _text(wish.description)
    if wish.is_active:
        row.state, row.reason, row.failing_since = "active", "", None
    elif wish.is_active is False and row.state == "active":
        row.state, row.reason = "disabled", f"Disabled by {actor.name}."
        stored.cancel_waiting(session, endpoint_id)
    session.flush()
    told = [
        {"url": one.url, "events": list(one.events), "state": one.state}
        for one in (before, get(session, actor, endpoint_id))
    ]
    audit.record(session, actor, "webhook.change", ("webhook", str(endpoint_id)), before=told[0], after=told[1])
    return get(session, actor, endpoint_id)


def renew_secret(session: Session, actor: Actor, endpoint_id: int) -> str:
    """Give an endpoint a new secret and return it; what is sent from now on is signed with it."""
    get(session, actor, endpoint_id)
    row = session.get_one(WebhookEndpointRow, endpoint_id)
    row.secret = _secret()
    audit.record(session, actor, "webhook.renew_secret", ("webhook", str(endpoint_id)))
    return row.secret


def checked_url(url: str, *, allow_private: bool) -> str:
    """Return ``url`` if a webhook may go there as far as can be told now; raise ``InputError`` otherwise."""
    try:
        parsed = httpx.URL(url.strip())
        host = parsed.raw_host.decode()
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InputError("This is no address for a webhook.", "Write it as https://example.com/path.") from error
    schemes = {"https", "http"} if allow_private else {"https"}
    if (
        parsed.scheme not in schemes
        or not _HOST.fullmatch(host)
        or parsed.userinfo
        or parsed.fragment
        or len(url) > _LONGEST_URL
    ):
        raise InputError(
            "A webhook goes to an https address without user or fragment.", "Write it as https://example.com/path."
        )
    if is_literal(host) and not is_public(host.strip("[]")) and not allow_private:
        raise InputError(f"{host} is not a public address.", "AR_WEBHOOK_ALLOW_PRIVATE allows private ones.")
    return str(parsed)


def _company(session: Session, actor: Actor, code: str) -> int | None:
    reached = actor.scope(_PERMISSION).company_ids
    known: dict[str, int] = dict(session.execute(select(col(CompanyRow.code), col(CompanyRow.id))).all())
    if not code:
        if reached is None:
            return None
        if len(reached) == 1:
            return next(iter(reached))
        raise RefusedError("A webhook is of one company or of all.", "Name the company.")
    if code not in known or (reached is not None and known[code] not in reached):
        raise NotFoundError(f"There is no company {code}.", "Check the code.")
    return known[code]


def _told(row: WebhookEndpointRow, code: str | None) -> Endpoint:
    return Endpoint(
        row.id,
        row.company_id,
        code,
        row.url,
        row.description,
        tuple(row.events),
        row.state,
        row.reason,
        row.failing_since,
        row.created_at,
    )


def _events(events: Sequence[EventType]) -> list[str]:
    return sorted({one.value for one in events})


def _text(text: str | None) -> str:
    return "".join(one if one.isprintable() else " " for one in (text or "").strip())[:_LONGEST_TEXT]


def _secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
