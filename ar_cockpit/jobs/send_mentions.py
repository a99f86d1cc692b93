"""Mail the mentions that nobody looked at to whoever is away."""

from __future__ import annotations

from ar_cockpit.db.session import engine, reading, transaction
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.customers import mention_mails
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.sending.digests import send, something_waits
from ar_cockpit.settings import get_settings


def is_needed(tick: Tick) -> bool:
    """Return whether somebody is to be told, so that an idle tick leaves no row."""
    with reading(engine()) as session:
        if mention_mails.something_to_tell(session, tick.now):
            return True
    return something_waits(engine(), mention_mails.MENTIONS.row)


def run(tick: Tick) -> dict[str, int]:
    """Write the mails of those who are away, and send what waits."""
    with transaction(engine()) as session:
        written = mention_mails.write_mails(session, scheduler_actor(), tick.on, at=tick.now)
    mailer = SmtpMailer.of_url(get_settings().smtp_url)
    counts = dict(send(engine(), scheduler_actor(), mailer, mention_mails.MENTIONS, tick.on, tick.stop))
    return {"written": written} | counts
