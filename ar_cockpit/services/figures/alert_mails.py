"""Mails about crossed limits: queued for who asked for them, written for who may still see the figure when they go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.db.queries.colleague_outbox import Claimed
from ar_cockpit.db.queries.figures import alerts as stored
from ar_cockpit.db.tables import AlertMailRow, KpiAlertRow, UserRow
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.figures.measures import DRIFT
from ar_cockpit.mail.alert import compose_alert
from ar_cockpit.mail.compose import Composed
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


def _write(session: Session, mail: Claimed, _as_of: date) -> Composed | None:
    alert = stored.alert(session, session.get_one(AlertMailRow, mail.mail_id).alert_id)
    reader = actor_of(session, session.get_one(UserRow, mail.user_id))
    if not reader.may(Permission.VIEW_FIGURES, alert.company_id):
        return None
    page = routes.FORECAST if alert.figure == DRIFT else routes.CHANGES
    address = f"{public_address()}{page}/?company={alert.company_code}"
    return compose_alert(mail.name, mail.language, alert, address)


ALERTS = Kind("alerts", AlertMailRow, _write)
