"""Send the alerts that wait to the colleagues who asked for them."""

from __future__ import annotations

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.sending.alerts import send_alerts, something_waits
from ar_cockpit.settings import get_settings


def is_needed(_tick: Tick) -> bool:
    """Return whether an alert waits, so that an idle tick leaves no row."""
    return something_waits(engine())


def run(tick: Tick) -> dict[str, int]:
    """Send the alerts that wait."""
    return dict(send_alerts(engine(), scheduler_actor(), SmtpMailer.of_url(get_settings().smtp_url), tick.stop))
