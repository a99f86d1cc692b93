"""The day's run of the policy: one run for the present business date, however many were missed before it."""

from __future__ import annotations

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.reminders import run as reminders


def run(tick: Tick) -> dict[str, int]:
    """Plan and record the day; of steps missed in an outage only the furthest is done."""
    with transaction() as session:
        report = reminders.run(session, scheduler_actor(), tick.on, at=tick.now)
    return {"messages": report.messages, "tasks": report.tasks, "held": report.held, "told": report.told}
