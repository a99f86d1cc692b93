"""Send what waits for our own people, each kind of mail as a job of its own."""

from __future__ import annotations

from dataclasses import dataclass

from ar_cockpit.db.session import engine
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.customers.mention_mails import MENTIONS
from ar_cockpit.services.figures.alert_mails import ALERTS
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.reminders.digest_mails import DIGESTS
from ar_cockpit.services.sending.to_colleagues import Kind, send, something_waits
from ar_cockpit.settings import get_settings


@dataclass(frozen=True, slots=True)
class Mails:
    """The job that sends one kind of mail."""

    kind: Kind

    def is_needed(self, _tick: Tick) -> bool:
        """Return whether a mail waits, so that an idle tick leaves no row."""
        return something_waits(engine(), self.kind)

    def run(self, tick: Tick) -> dict[str, int]:
        """Send the mails that wait."""
        mailer = SmtpMailer.of_url(get_settings().smtp_url)
        return dict(send(engine(), scheduler_actor(), mailer, self.kind, tick.on, tick.stop))


digests, alerts, mentions = Mails(DIGESTS), Mails(ALERTS), Mails(MENTIONS)
