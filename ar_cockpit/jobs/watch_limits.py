"""Look at the limits of every company's figures and at every customer's habit, and raise what is new."""

from __future__ import annotations

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.figures import alerts, drifts
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Watch the figures of the business date, and who pays later than it used to."""
    with reading() as session:
        looked = alerts.look(session, scheduler_actor(), tick.on)
    with transaction() as session:
        counts = alerts.watch(session, scheduler_actor(), tick.on, at=tick.now, looked=looked)
    with reading() as session:
        late = drifts.look(session, scheduler_actor(), tick.on)
    with transaction() as session:
        return counts | drifts.watch(session, scheduler_actor(), tick.on, at=tick.now, looked=late)
