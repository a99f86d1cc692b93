"""Sending alerts to who asked for them, by the protocol: claim, look again, announce, fence, hand over, record."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from dataclasses import dataclass
from email.utils import parseaddr

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.db import locks
from ar_cockpit.db.queries.figures import alerts as stored
from ar_cockpit.db.queries.reminders import digest_outbox as queue
from ar_cockpit.db.queries.reminders.outbox import Settled
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import AlertMailRow, UserRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.domain.figures.measures import DRIFT
from ar_cockpit.mail.alert import compose_alert
from ar_cockpit.mail.message import OutgoingMail, build, wire_address, wire_bytes
from ar_cockpit.mail.smtp import Answer, Mailer, Refusal, Verdict, Wire
from ar_cockpit.services.clock import now
from ar_cockpit.services.people import users
from ar_cockpit.services.sending.digests import public_address

_MOST_IN_A_RUN = 200
_ROW = AlertMailRow


@dataclass(frozen=True, slots=True)
class _Claimed:
    mail_id: int
    mail: OutgoingMail | None  # none: not to be sent any more


def something_waits(engine: Engine) -> bool:
    """Return whether an alert may go, or one was left in the hands of a sender that ended."""
    with reading(engine) as session:
        return queue.is_waiting(session, _ROW)


def send_alerts(engine: Engine, actor: Actor, mailer: Mailer, stop: threading.Event | None = None) -> Counter[str]:
    """Send the alerts that wait and count their ends; raise ``SettingsError`` when the server cannot be used."""
    actor.require(Permission.RUN_JOBS)
    owner = f"alerts-{secrets.token_hex(8)}"
    lock = locks.try_lock(engine, owner)
    counts: Counter[str] = Counter()
    wire: Wire | None = None
    try:
        counts["unknown"] += _take_back(engine)
        for _ in range(_MOST_IN_A_RUN):
            claimed = None if stop is not None and stop.is_set() else _claim(engine, owner)
            if claimed is None:
                break
            if claimed.mail is None:
                counts["cancelled"] += 1
                continue
            wire = wire or _open(engine, owner, claimed.mail_id, mailer)
            answer = _hand_over(engine, owner, wire, claimed.mail_id, claimed.mail)
            counts[answer.verdict.value] += 1
            if answer.is_lost:
                wire.drop()
                wire = None
                break  # the server is unwell: the rest waits for the next run
    finally:
        if wire:
            wire.close()
        if lock:
            lock.release()
        locks.forget(engine, owner)
    return +counts


def _take_back(engine: Engine) -> int:
    with transaction(engine) as session:
        dead = [one for one in queue.owners_at_work(session, _ROW) if locks.is_free(engine, one)]
        unknown = queue.take_back(session, dead, _ROW)
    for one in dead:
        locks.forget(engine, one)
    return unknown


def _claim(engine: Engine, owner: str) -> _Claimed | None:
    """Claim a mail and write it with the rights that its reader holds now; who may not see it gets none."""
    with transaction(engine) as session:
        mail_id = queue.claim_id(session, owner, _ROW)
        if mail_id is None:
            return None
        mail = _written(session, session.get_one(_ROW, mail_id))
        if mail is None:
            queue.settle(session, owner, mail_id, Settled("cancelled", "the reader may not see it any more"), _ROW)
        return _Claimed(mail_id, mail)


def _written(session: Session, row: AlertMailRow) -> OutgoingMail | None:
    reader, alert = session.get_one(UserRow, row.user_id), stored.alert(session, row.alert_id)
    if not reader.is_active or not users.actor_of(session, reader).may(Permission.VIEW_FIGURES, alert.company_id):
        return None
    page = routes.FORECAST if alert.figure == DRIFT else routes.CHANGES
    address = f"{public_address()}{page}/?company={alert.company_code}"
    composed = compose_alert(reader.name, reader.language, alert, address)
    return OutgoingMail(
        message_id=row.message_id,
        sender=row.sender,
        reply_to=parseaddr(row.reply_to)[1],
        recipient=reader.email,
        recipient_name=reader.name,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
    )


def _open(engine: Engine, owner: str, mail_id: int, mailer: Mailer) -> Wire:
    try:
        return mailer.open()
    except SettingsError:
        with transaction(engine) as session:
            queue.settle(session, owner, mail_id, Settled("queued", "the mail server cannot be used"), _ROW)
        raise


def _hand_over(engine: Engine, owner: str, wire: Wire, mail_id: int, mail: OutgoingMail) -> Answer:
    try:
        content = wire_bytes(build(mail, now()))
        wire.envelope(wire_address(parseaddr(mail.sender)[1]), wire_address(mail.recipient))
    except ValueError as error:
        return _settled(engine, owner, mail_id, Answer(Verdict.REFUSED, f"not sent: {error}"))
    except Refusal as refusal:
        if not refusal.answer.is_lost:
            wire.reset()
        return _settled(engine, owner, mail_id, refusal.answer, counts=True)
    with transaction(engine) as session:
        is_ours = queue.fence(session, owner, mail_id, _ROW)
    if not is_ours:
        wire.reset()
        return Answer(Verdict.LATER, "another sender took it over")
    return _settled(engine, owner, mail_id, wire.data(content))


def _settled(engine: Engine, owner: str, mail_id: int, answer: Answer, *, counts: bool = False) -> Answer:
    settled = Settled(answer.verdict.value, answer.words, counts=counts, waits=True)
    with transaction(engine) as session:
        queue.settle(session, owner, mail_id, settled, _ROW)
    return answer
