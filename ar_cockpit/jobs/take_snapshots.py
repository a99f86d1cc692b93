"""Freeze yesterday's figures, and the open documents of a month's last day."""

from __future__ import annotations

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.figures import snapshots
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Freeze what is over and was not frozen yet."""
    with transaction() as session:
        return snapshots.take(session, scheduler_actor(), tick.on, at=tick.now)
