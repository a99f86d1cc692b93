"""Mail the mentions that nobody looked at to whoever is away."""

from __future__ import annotations

from ar_cockpit.db.session import engine, reading, transaction
from ar_cockpit.jobs import to_colleagues
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.customers import mention_mails
from ar_cockpit.services.job_runs import scheduler_actor


def is_needed(tick: Tick) -> bool:
    """Return whether somebody is to be told, so that an idle tick leaves no row."""
    with reading(engine()) as session:
        if mention_mails.something_to_tell(session, tick.now):
            return True
    return to_colleagues.mentions.is_needed(tick)


def run(tick: Tick) -> dict[str, int]:
    """Write the mails of those who are away, and send what waits."""
    with transaction(engine()) as session:
        written = mention_mails.write_mails(session, scheduler_actor(), tick.on, at=tick.now)
    return {"written": written} | to_colleagues.mentions.run(tick)
