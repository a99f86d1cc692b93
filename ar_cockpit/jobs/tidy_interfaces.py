"""Forget what nobody will ask for again: answers kept for repeated requests, and events that have arrived."""

from __future__ import annotations

from datetime import timedelta

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.programs import requests
from ar_cockpit.services.webhooks import log

ANSWERS_KEPT = timedelta(days=3)
EVENTS_KEPT = timedelta(days=30)


def run(tick: Tick) -> dict[str, int]:
    """Remove what is old enough."""
    with transaction() as session:
        return {
            "answers": requests.forget_before(session, tick.now - ANSWERS_KEPT),
            "events": log.forget_before(session, tick.now - EVENTS_KEPT),
        }
