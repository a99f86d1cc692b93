"""Read what came back: bounces, replies and automatic replies."""

from __future__ import annotations

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.sending.mailbox import Moment
from ar_cockpit.services.sending.mailboxes import mailboxes_of, read_all
from ar_cockpit.settings import get_settings


def is_needed(_tick: Tick) -> bool:
    """Return whether there is a mailbox to read."""
    settings = get_settings()
    return bool(settings.imap_url or settings.imap_urls)


def run(tick: Tick) -> dict[str, int]:
    """Read the mails that came since the last time."""
    settings = get_settings()
    moment = Moment(tick.now, settings.zone, tick.stop)
    return dict(read_all(engine(), scheduler_actor(), mailboxes_of(settings), moment))
