"""Bring what is kept beside the ledger up to date: at midnight all of it, then within seconds what changed."""

from __future__ import annotations

from ar_cockpit.db.session import engine, reading, transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.collecting.queue import keeping
from ar_cockpit.services.figures import flows


def is_needed(tick: Tick) -> bool:
    """Return whether anything is out of date, so that an idle tick leaves no row."""
    with reading() as session:
        return flows.is_behind(session) or keeping.is_behind(session, tick.on)


def run(tick: Tick) -> dict[str, int]:
    """Sum companies up and judge customers anew; readers ask the ledger itself meanwhile."""
    with transaction() as session:
        companies = flows.refresh(session)
    return {"companies": len(companies), "customers": keeping.keep(engine(), tick.on)}
