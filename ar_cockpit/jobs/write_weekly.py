"""Queue the week's mails to sales owners: on Monday, or on the first working day on which this runs."""

from __future__ import annotations

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.limits import weekly


def run(tick: Tick) -> dict[str, int]:
    """Queue a mail for each of whose customers something changed; a second run of the week adds nothing."""
    with transaction() as session:
        return {"written": weekly.write_mails(session, scheduler_actor(), tick.on, at=tick.now)}
