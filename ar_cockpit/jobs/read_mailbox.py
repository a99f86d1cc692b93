"""Read what came back: bounces, replies and automatic replies."""

from __future__ import annotations

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.mail.imap import ImapMailbox
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.sending.mailbox import Moment, read_mailbox
from ar_cockpit.settings import get_settings


def is_needed(_tick: Tick) -> bool:
    """Return whether there is a mailbox to read."""
    return bool(get_settings().imap_url)


def run(tick: Tick) -> dict[str, int]:
    """Read the mails that came since the last time."""
    settings = get_settings()
    mailbox = ImapMailbox.of_url(settings.imap_url)
    return dict(read_mailbox(engine(), scheduler_actor(), mailbox, Moment(tick.now, settings.zone, tick.stop)))
