"""Hold what is derived against what it is derived from, every night; a difference is told, never mended."""

from __future__ import annotations

from ar_cockpit.db.session import reading_one_state
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services import invariants
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Return how many rows break each rule; the credit manager and the administrator see it when they open a page."""
    with reading_one_state() as session:
        found = invariants.check(session, scheduler_actor(), tick.on)
    return {one.key: one.count for one in found}
