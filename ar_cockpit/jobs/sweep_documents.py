"""Delete stored files that belong to no document, and reports that nobody fetched."""

from __future__ import annotations

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.documents.sweep import sweep
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.reports import ready
from ar_cockpit.settings import get_settings


def run(tick: Tick) -> dict[str, int]:
    """Look through the store for what an unfinished upload left behind."""
    with transaction() as session:
        ready.forget_old(session, tick.now)
    return sweep(transaction, scheduler_actor(), get_settings(), at=tick.now)
