"""`ar-cockpit webhook`: addresses that are told what happens, and what they were told."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from ar_cockpit.cli.console import messages, tables
from ar_cockpit.cli.output import AsJson, AsUser, acting, asking, emit_json
from ar_cockpit.domain.webhooks.events import EventType
from ar_cockpit.services.clock import now
from ar_cockpit.services.webhooks import endpoints, log
from ar_cockpit.services.webhooks.endpoints import Endpoint, Wish
from ar_cockpit.services.webhooks.log import Delivery
from ar_cockpit.settings import get_settings

webhook = typer.Typer(help="Addresses that are told what happens.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(metavar="NUMBER", help="As `webhook list` shows it.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(webhook, name="webhook")


@webhook.command("add")
def add(
    url: str,
    event: Annotated[list[EventType], typer.Option("--event", help="What it is told of; may be repeated.")],
    company: Annotated[str, typer.Option("--company", metavar="CODE", help="Of one company only.")] = "",
    description: Annotated[str, typer.Option("--description", metavar="TEXT")] = "",
    as_user: AsUser = "",
) -> None:
    """Register an address; the secret that signs what it is sent is printed on stdout, this once."""
    allow = get_settings().webhook_allow_private
    with acting(as_user) as (session, actor):
        wish = Wish(url, event, description)
        made, secret = endpoints.add(session, actor, wish, company=company, allow_private=allow, at=now())
    sys.stdout.write(f"{secret}\n")
    messages.print(f"Webhook {made.endpoint_id}. Keep its secret now: it cannot be shown again.", markup=False)


@webhook.command("list")
def list_(as_json: AsJson = False, as_user: AsUser = "") -> None:
    """List webhooks with their state and, when one was disabled, why."""
    with asking(as_user) as (session, actor):
        found = endpoints.listed(session, actor)
    if as_json:
        emit_json({"webhooks": [_document(one) for one in found]})
        return
    table = Table("Number", "Address", "Events", "Company", "State", "Reason")
    for one in found:
        events = ", ".join(one.events)
        table.add_row(str(one.endpoint_id), one.url, events, one.company or "all", one.state, one.reason)
    tables.print(table)


@webhook.command("enable")
def enable(number: Number, as_user: AsUser = "") -> None:
    """Let a disabled webhook be told again."""
    with acting(as_user) as (session, actor):
        endpoints.change(session, actor, number, Wish(is_active=True))
    messages.print(f"Webhook {number} is told again.", markup=False)


@webhook.command("disable")
def disable(number: Number, as_user: AsUser = "") -> None:
    """Tell a webhook nothing for the time being; what waits for it is dropped."""
    with acting(as_user) as (session, actor):
        endpoints.change(session, actor, number, Wish(is_active=False))
    messages.print(f"Webhook {number} is disabled.", markup=False)


@webhook.command("remove")
def remove(number: Number, as_user: AsUser = "") -> None:
    """Remove a webhook with its log."""
    with acting(as_user) as (session, actor):
        log.remove_endpoint(session, actor, number)
    messages.print(f"Webhook {number} is removed.", markup=False)


@webhook.command("deliveries")
def deliveries(
    number: Number,
    most: Annotated[int, typer.Option("--max", min=1, max=1000, help="At most so many.")] = 50,
    as_json: AsJson = False,
    as_user: AsUser = "",
) -> None:
    """List what a webhook was sent, newest first, with the last try of each."""
    with asking(as_user) as (session, actor):
        found = log.deliveries(session, actor, number, most=most)
    if as_json:
        emit_json({"deliveries": [_delivery(one) for one in found]})
        return
    table = Table("Event", "Of", "State", "Tries", "Last answer", "Next try")
    for one in found:
        last = one.attempts[-1] if one.attempts else None
        said = (last.error or f"{last.status}, {last.duration_ms} ms") if last else "—"
        waits = _told(one.next_attempt_at) or "—"
        table.add_row(one.type, _told(one.occurred_at), one.state, str(len(one.attempts)), said, waits)
    tables.print(table)


def _document(one: Endpoint) -> dict[str, Any]:
    return {
        "number": one.endpoint_id,
        "company": one.company,
        "url": one.url,
        "description": one.description,
        "events": list(one.events),
        "state": one.state,
        "reason": one.reason,
        "failing_since": _told(one.failing_since),
        "created_at": _told(one.created_at),
    }


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "event_id": one.event_id,
        "type": one.type,
        "state": one.state,
        "occurred_at": _told(one.occurred_at),
        "next_attempt_at": _told(one.next_attempt_at),
        "attempts": [
            {
                "number": attempt.number,
                "at": _told(attempt.at),
                "status": attempt.status,
                "duration_ms": attempt.duration_ms,
                "snippet": attempt.snippet,
                "error": attempt.error,
            }
            for attempt in one.attempts
        ],
    }


def _told(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
