"""Put every customer that owes something into the segment its behaviour asks for, every night."""

from __future__ import annotations

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services import segments
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Judge, store and log; the day's plan finds the same."""
    return segments.move(engine(), scheduler_actor(), tick.on, at=tick.now)
