"""Freeze yesterday's figures, and the open documents of a month's last day."""

from __future__ import annotations

from ar_cockpit.db.session import give_way, reading, transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.figures import snapshots
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Freeze what is over and was not frozen yet."""
    with reading() as session:
        made = snapshots.due(session, scheduler_actor(), tick.on)
    kept = 0
    for part in snapshots.parts(made):
        with transaction() as session:
            kept += snapshots.keep(session, scheduler_actor(), part, at=tick.now)["snapshots"]
        give_way()
    return {"snapshots": kept}
