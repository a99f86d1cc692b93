"""Bring what is kept beside the ledger up to date: at midnight all of it, then within seconds what changed."""

from __future__ import annotations

from collections.abc import Sequence

from ar_cockpit.db import locks
from ar_cockpit.db.session import engine, give_way, reading, transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.figures import flows
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.limits import judging

_JUDGES = "job-judge_standings"  # the lock that the job holds while it runs


def is_needed(tick: Tick) -> bool:
    """Return whether anything is out of date, so that an idle tick leaves no row."""
    with reading() as session:
        return flows.is_behind(session, tick.on) or keeping.is_behind(session, tick.on)


def run(tick: Tick) -> dict[str, int]:
    """Sum companies up and judge customers anew; readers ask the ledger itself meanwhile."""
    companies = flows.build(engine(), owed_on=tick.on)
    changed = keeping.marked(engine())
    counts = {"companies": len(companies), "customers": keeping.keep(engine(), tick.on)}
    return counts | {"moved": _follow(changed, tick)}


def _follow(changed: Sequence[int], tick: Tick) -> int:
    """Judge the standing of whom anything changed, and return how many moved.

    While all are judged at night nothing is done here: two at once would tell of the same move twice.
    """
    moved = 0
    for first in range(0, len(changed), judging.IN_A_PART):
        lock = locks.try_lock(engine(), _JUDGES)
        if lock is None:
            break
        try:
            some = changed[first : first + judging.IN_A_PART]
            with transaction() as session:
                moved += judging.judge_some(session, scheduler_actor(), some, tick.on, at=tick.now)["moved"]
        finally:
            lock.release()
        give_way()
    return moved
