"""Look at the limits of every company's figures, and raise what is newly crossed."""

from __future__ import annotations

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.figures import alerts
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Watch the figures of the business date."""
    with transaction() as session:
        return alerts.watch(session, scheduler_actor(), tick.on, at=tick.now)
