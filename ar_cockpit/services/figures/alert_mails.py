"""Mails about crossed limits: queued for who asked for them, written for who may still see the figure when they go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlencode

from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.db.queries.colleague_outbox import Claimed
from ar_cockpit.db.queries.figures import alerts as stored
from ar_cockpit.db.queries.figures.alerts import Alert
from ar_cockpit.db.tables import AlertMailRow, KpiAlertRow, UserRow
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.figures.measures import DRIFT
from ar_cockpit.mail.alert import compose_alert
from ar_cockpit.mail.compose import Composed
from ar_cockpit.services.figures.changes import EXPLAINED_BY
from ar_cockpit.services.people.users import actor_of
from ar_cockpit.services.sending.to_colleagues import Kind, headed, public_address


def queue_mails(session: Session, raised: Sequence[KpiAlertRow], at: datetime) -> int:
    """Let a mail wait for each reader of each alert; return how many."""
    readers = stored.readers(session, {row.company_id for row in raised})
    rows = [
        AlertMailRow(alert_id=row.id, **headed(reader, f"alert {row.id}", row.raised_on, at))
        for row in raised
        for reader in readers
        if reader.company_id == row.company_id
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def explained_at(alert: Alert) -> str:
    """Return the address that explains an alert: its figure from the day the causes are told from, as on the screen."""
    chosen = {"company": alert.company_code}
    if alert.figure == DRIFT:
        return f"{routes.FORECAST}/?{urlencode(chosen)}"
    figure = EXPLAINED_BY.get(alert.figure, alert.figure)
    days = {"since": alert.since_on.isoformat(), "as_of": alert.raised_on.isoformat()}
    return f"{routes.CHANGES}/?{urlencode(chosen | {'currency': alert.currency, 'figure': figure} | days)}"


def _write(session: Session, mail: Claimed, _as_of: date) -> Composed | None:
    alert = stored.alert(session, session.get_one(AlertMailRow, mail.mail_id).alert_id)
    reader = actor_of(session, session.get_one(UserRow, mail.user_id))
    if not reader.may(Permission.VIEW_FIGURES, alert.company_id):
        return None
    return compose_alert(mail.name, mail.language, alert, f"{public_address()}{explained_at(alert)}")


ALERTS = Kind("alerts", AlertMailRow, _write)
