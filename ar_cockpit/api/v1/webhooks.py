"""Webhooks: addresses that are told what happens, and the log of what they were told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from ar_cockpit.api.v1.edge import cursors
from ar_cockpit.api.v1.edge.caller import Publisher
from ar_cockpit.api.v1.edge.cursors import Place
from ar_cockpit.api.v1.edge.keys import Key
from ar_cockpit.api.v1.shapes import hooks
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.services import clock
from ar_cockpit.services.webhooks import endpoints as service
from ar_cockpit.services.webhooks import log
from ar_cockpit.services.webhooks.endpoints import Endpoint, Wish
from ar_cockpit.settings import get_settings

endpoints = APIRouter(tags=["webhooks"])


@endpoints.get("/webhooks", response_model=hooks.Webhooks)
def list_webhooks(program: Publisher) -> Any:
    """List webhooks."""
    with reading() as session:
        return {"items": [_told(one) for one in service.listed(session, program.actor)]}


@endpoints.post("/webhooks", response_model=hooks.WebhookMade, status_code=201)
def add_webhook(program: Publisher, given: hooks.WebhookGiven) -> Any:
    """Register an address; what it is sent is signed with the secret told here, and only here."""
    wish = Wish(given.url, given.events, given.description)
    allow = get_settings().webhook_allow_private
    with transaction() as session:
        made, secret = service.add(
            session, program.actor, wish, company=given.company or "", allow_private=allow, at=clock.now()
        )
    return _told(made) | {"secret": secret}


@endpoints.get("/webhooks/{id:int}", response_model=hooks.Webhook)
def get_webhook(program: Publisher, id: Key) -> Any:  # noqa: A002 (the name in the address)
    """Get a webhook."""
    with reading() as session:
        return _told(service.get(session, program.actor, id))


@endpoints.patch("/webhooks/{id:int}", response_model=hooks.Webhook)
def change_webhook(program: Publisher, id: Key, given: hooks.WebhookChange) -> Any:  # noqa: A002 (likewise)
    """Change a webhook, disable it, or let it be told again."""
    is_active = None if given.state is None else given.state == "active"
    wish = Wish(given.url, given.events, given.description, is_active)
    with transaction() as session:
        allow = get_settings().webhook_allow_private
        return _told(service.change(session, program.actor, id, wish, allow_private=allow))


@endpoints.delete("/webhooks/{id:int}", status_code=204, response_class=Response)
def remove_webhook(program: Publisher, id: Key) -> None:  # noqa: A002 (likewise)
    """Remove a webhook with its log."""
    with transaction() as session:
        log.remove_endpoint(session, program.actor, id)


@endpoints.post("/webhooks/{id:int}/secret", response_model=hooks.Secret)
def renew_secret(program: Publisher, id: Key) -> Any:  # noqa: A002 (likewise)
    """Give a webhook a new secret; the old one signs nothing any more."""
    with transaction() as session:
        return {"secret": service.renew_secret(session, program.actor, id)}


@endpoints.get("/webhooks/{id:int}/deliveries", response_model=hooks.DeliveryPage)
def list_deliveries(
    program: Publisher,
    id: Key,  # noqa: A002 (likewise)
    asked: Annotated[hooks.DeliveriesAsked, Query()],
) -> Any:
    """List what a webhook was sent, newest first, with every try."""
    question = {"list": "deliveries", "webhook": id}
    place = cursors.read(asked.cursor, question)
    with reading() as session:
        found = log.deliveries(session, program.actor, id, before=place.after, most=asked.limit + 1)
    shown = found[: asked.limit]
    has_more = len(found) > asked.limit
    return {
        "items": [_delivery(one) for one in shown],
        "next": cursors.write(Place(shown[-1].delivery_id), question) if has_more else None,
    }


def _told(one: Endpoint) -> dict[str, Any]:
    told = asdict(one)
    return told | {"id": told.pop("endpoint_id")}


def _delivery(one: log.Delivery) -> dict[str, Any]:
    told = asdict(one)
    return told | {"id": told.pop("delivery_id")}
