"""Judge every standing at night: log and tell what changed, alert on limits, keep the history of scores."""

from __future__ import annotations

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.limits import judging


def run(tick: Tick) -> dict[str, int]:
    """Judge, store, log and tell."""
    return judging.judge_in_parts(engine(), scheduler_actor(), tick.on, at=tick.now)
