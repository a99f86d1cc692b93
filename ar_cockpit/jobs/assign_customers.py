"""Give new customers the collector that the rules of their company name."""

from __future__ import annotations

from ar_cockpit.db.session import transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.collecting.sharing import portfolios
from ar_cockpit.services.job_runs import scheduler_actor


def run(_tick: Tick) -> dict[str, int]:
    """Assign who has no collector; everybody else keeps theirs."""
    with transaction() as session:
        return {"assigned": portfolios.assign_new(session, scheduler_actor())}
