"""The day's run of the policy: one run for the present business date, however many were missed before it."""

from __future__ import annotations

from collections import Counter

from ar_cockpit.db.session import engine, reading
from ar_cockpit.domain.access import Permission
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.people.companies import visible_companies
from ar_cockpit.services.reminders.in_parts import run_in_parts


def run(tick: Tick) -> dict[str, int]:
    """Plan and record the day, company by company; of steps missed in an outage only the furthest is done."""
    actor, counts = scheduler_actor(), Counter({"messages": 0, "tasks": 0, "held": 0, "told": 0})
    with reading() as session:
        companies = visible_companies(session, actor, Permission.RUN_JOBS)
    for one in companies:
        report = run_in_parts(engine(), actor, tick.on, at=tick.now, company=one.code)
        counts.update(messages=report.messages, tasks=report.tasks, held=report.held, told=report.told)
    return dict(counts)
