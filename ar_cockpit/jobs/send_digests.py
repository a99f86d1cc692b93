"""Tell sales owners of coming firm steps, as soon as the day's run has recorded whom, and of a week's changes."""

from __future__ import annotations

from collections import Counter

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.limits.weekly import WEEKLY
from ar_cockpit.services.sending.digests import SALES, send, something_waits
from ar_cockpit.settings import get_settings

_KINDS = (SALES, WEEKLY)


def is_needed(_tick: Tick) -> bool:
    """Return whether a digest waits, so that an idle tick leaves no row."""
    return any(something_waits(engine(), kind.row) for kind in _KINDS)


def run(tick: Tick) -> dict[str, int]:
    """Send the digests that wait."""
    mailer = SmtpMailer.of_url(get_settings().smtp_url)
    counts: Counter[str] = Counter()
    for kind in _KINDS:
        if something_waits(engine(), kind.row):
            counts += send(engine(), scheduler_actor(), mailer, kind, tick.on, tick.stop)
    return dict(counts)
