"""Make the cash forecast of the day before anybody opens the executive's screen."""

from __future__ import annotations

from ar_cockpit.db.session import reading, transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor


def run(tick: Tick) -> dict[str, int]:
    """Fit and keep the forecast of every company; a second run of the day finds it kept."""
    # Its libraries would slow every start of the jobs.
    from ar_cockpit.services.figures import cash_outlook, contact_effects, forecast_card, forecasting  # noqa: PLC0415

    with reading() as session:
        reports = forecasting.fit(session, scheduler_actor(), as_of=tick.on)
    with reading() as session:  # a new one, which sees the versions just kept
        companies = cash_outlook.refresh(session, scheduler_actor(), as_of=tick.on)
    with reading() as session:
        measured = forecast_card.refresh(session, scheduler_actor(), as_of=tick.on)
    with reading() as session:
        estimated = contact_effects.refresh(session, scheduler_actor(), as_of=tick.on)
    with transaction() as session:
        cash_outlook.drop_outdated(session, scheduler_actor(), as_of=tick.on)
    return {
        "companies": companies,
        "measured": measured,
        "contacts_judged": estimated,
        "worse_than_before": sum(one.better_before is not None for one in reports),
    }
