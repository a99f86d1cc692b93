"""Send what waits, inside each customer's sending window; what a person wrote goes at once."""

from __future__ import annotations

from ar_cockpit.db.session import engine, reading
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.jobs.tick import Tick
from ar_cockpit.services.job_runs import scheduler_actor
from ar_cockpit.services.sending.accounts import accounts_of, ready
from ar_cockpit.services.sending.protocol import Orders
from ar_cockpit.services.sending.runs import send_all
from ar_cockpit.services.sending.windows import open_windows, something_may_go
from ar_cockpit.settings import get_settings

MOST_IN_A_TICK = 500  # then the windows are looked at again
_PATIENCE_SECONDS = 10.0  # a cap that lets the next one go sooner is waited for


def is_needed(tick: Tick) -> bool:
    """Return whether a message waits that may go now, by an account that may be used: an idle tick leaves no row.

    Settings that cannot be read need a run, too: it tells what is wrong with them.
    """
    with reading() as session:
        if not something_may_go(session, tick.now):
            return False
        try:
            return bool(ready(session, accounts_of(get_settings())))
        except SettingsError:
            return True


def run(tick: Tick) -> dict[str, int]:
    """Send the messages that may go at this hour."""
    accounts = accounts_of(get_settings())
    with reading() as session:
        usable = ready(session, accounts)
    orders = Orders(
        tick.on,
        most=MOST_IN_A_TICK,
        windows=lambda session: open_windows(session, tick.now),
        stop=tick.stop,
        patience=_PATIENCE_SECONDS,
    )
    return dict(send_all(engine(), scheduler_actor(), usable or accounts, orders).counts)
