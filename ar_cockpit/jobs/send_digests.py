"""Tell sales owners of coming firm steps, as soon as the day's run has recorded whom."""

from __future__ import annotations

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.sending.digests import send_digests, something_waits
from ar_cockpit.settings import get_settings


def is_needed(_tick: Tick) -> bool:
    """Return whether a digest waits, so that an idle tick leaves no row."""
    return something_waits(engine())


def run(tick: Tick) -> dict[str, int]:
    """Send the digests that wait."""
    mailer = SmtpMailer.of_url(get_settings().smtp_url)
    return dict(send_digests(engine(), scheduler_actor(), mailer, tick.on, tick.stop))
