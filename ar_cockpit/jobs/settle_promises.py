"""Mark the promises that were kept or broken."""

from __future__ import annotations

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.collecting import promise_outcomes
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Look at every promise whose date is near enough to change."""
    with transaction() as session:
        return promise_outcomes.settle(session, scheduler_actor(), tick.on)
