"""Keep each customer's chance to pay, by tonight's forecast, for the order of the collectors' day."""

from __future__ import annotations

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Forecast every company, then keep each in a transaction of its own."""
    from ar_cockpit.services.figures import chances  # noqa: PLC0415 (its libraries would slow every start of the jobs)

    actor, customers = scheduler_actor(), 0
    with reading() as session:
        found = chances.forecast_of(session, actor, as_of=tick.on)
    for company_id, by_customer in found.items():
        with transaction() as session:
            customers += chances.keep(session, actor, company_id, by_customer, as_of=tick.on)
    return {"companies": len(found), "customers": customers}
