"""The outbox as a file: the messages that the list shows, all of them."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.api.downloads.lists import Ending, Wanted, WantedNow, file_of, units
from ar_cockpit.api.guard import SignedInActor
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.outbox import outbox_question
from ar_cockpit.services.lists.exports import Cell, Sheet
from ar_cockpit.services.sending import register
from ar_cockpit.services.sending.register import MessageLine
from ar_cockpit.settings import get_settings

router = APIRouter(prefix=routes.DOWNLOADS)
_HEADS = ("company", "customer_code", "customer", "recipient", "subject", "state", "why", "tries", "business_on")
_MORE = ("queued_at", "sent_at", "next_attempt_at", "currency", "total", "message_id")


@router.get("/outbox.{ending}")
def outbox(ending: Ending, actor: SignedInActor, wanted: WantedNow) -> Response:
    """Answer with every message of the list."""
    return file_of("outbox", ending, outbox_sheets, actor, wanted)


def outbox_sheets(session: Session, actor: Actor, wanted: Wanted) -> list[Sheet]:
    """Return the messages of the list."""
    lines = register.every(session, actor, outbox_question(wanted.params))
    head = [wanted.say(f"outbox.col.{key}") for key in (*_HEADS, *_MORE)]
    return [Sheet(wanted.say("outbox.title"), head, (_row(line, wanted) for line in lines))]


def _row(line: MessageLine, wanted: Wanted) -> list[Cell]:
    zone = get_settings().zone
    instants = (line.queued_at, line.sent_at, line.next_attempt_at)
    return [
        line.company,
        line.customer,
        line.customer_name,
        line.recipient,
        line.subject,
        wanted.say(f"outbox.state.{line.state}"),
        line.error,
        line.attempts,
        line.business_on,
        *(at.astimezone(zone).isoformat(sep=" ", timespec="seconds") if at else None for at in instants),
        line.currency,
        units(line.total_minor, line.currency),
        line.message_id,
    ]
