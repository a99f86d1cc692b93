"""Send what waits, inside each customer's sending window; what a person wrote goes at once."""

from __future__ import annotations

from ar_cockpit.db.session import engine, reading
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.mail.smtp import SmtpMailer
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.sending.protocol import Orders, send
from ar_cockpit.services.sending.windows import open_windows, something_may_go
from ar_cockpit.settings import get_settings

MOST_IN_A_TICK = 500  # then the windows are looked at again


def is_needed(tick: Tick) -> bool:
    """Return whether a message waits that may go now, so that an idle tick leaves no row."""
    with reading() as session:
        return something_may_go(session, tick.now)


def run(tick: Tick) -> dict[str, int]:
    """Send the messages that may go at this hour."""
    orders = Orders(
        tick.on, most=MOST_IN_A_TICK, windows=lambda session: open_windows(session, tick.now), stop=tick.stop
    )
    return dict(send(engine(), scheduler_actor(), SmtpMailer.of_url(get_settings().smtp_url), orders).counts)
