"""Deliver the events that wait, to the endpoints that want them."""

from __future__ import annotations

from ar_cockpit.db.session import engine, reading
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.webhooks import delivery, log
from ar_cockpit.services.webhooks.delivery import Orders
from ar_cockpit.settings import get_settings


def is_needed(tick: Tick) -> bool:
    """Return whether a delivery waits that may go now, so that an idle tick leaves no row."""
    with reading() as session:
        return log.something_waits(session, tick.now)


def run(tick: Tick) -> dict[str, int]:
    """Deliver, each event at least once."""
    orders = Orders(allow_private=get_settings().webhook_allow_private, stop=tick.stop)
    return dict(delivery.deliver(engine(), scheduler_actor(), orders))
