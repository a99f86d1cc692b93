"""Sending mails to our own people by the protocol: claim, look again, announce, fence, hand over, record.

Sales owners' digests and mails about mentions. There are few of them, so they go one after the other over one
connection.
"""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit import routes
from ar_cockpit.db import locks
from ar_cockpit.db.queries.reminders import digest_outbox as queue
from ar_cockpit.db.queries.reminders import digests as stored
from ar_cockpit.db.queries.reminders.digest_outbox import Addressed, Digest, Queue
from ar_cockpit.db.queries.reminders.digests import DigestLine, Owing
from ar_cockpit.db.queries.reminders.outbox import Settled
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import SalesDigestRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.mail.compose import Composed
from ar_cockpit.mail.digest import Coming, Owed, compose_digest
from ar_cockpit.mail.message import OutgoingMail, build, wire_address, wire_bytes
from ar_cockpit.mail.smtp import Answer, Mailer, Refusal, Verdict, Wire
from ar_cockpit.services.clock import now
from ar_cockpit.services.collecting.pausing import link_of
from ar_cockpit.settings import get_settings

_MOST_IN_A_RUN = 200
_UNWRITABLE = "not sent: "


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail: the table it waits in, and how it is written as things stand when it goes.

    ``write`` returns ``None`` when nothing is left to tell.
    """

    name: str
    row: Addressed
    write: Callable[[Session, Digest, date], Composed | None]
    nothing: str = "nothing left to tell of"  # why it is cancelled then


def something_waits(engine: Engine, row: Queue = SalesDigestRow) -> bool:
    """Return whether a mail may go, or one was left in the hands of a sender that ended."""
    with reading(engine) as session:
        return queue.is_waiting(session, row)


def send_digests(
    engine: Engine, actor: Actor, mailer: Mailer, as_of: date, stop: threading.Event | None = None
) -> Counter[str]:
    """Send the digests that wait and count their ends; raise ``SettingsError`` when the server cannot be used."""
    return send(engine, actor, mailer, SALES, as_of, stop)


def send(
    engine: Engine, actor: Actor, mailer: Mailer, kind: Kind, as_of: date, stop: threading.Event | None = None
) -> Counter[str]:
    """Send the mails of one kind that wait and count their ends, as :func:`send_digests` does."""
    actor.require(Permission.RUN_JOBS)
    owner = f"{kind.name}-{secrets.token_hex(8)}"
    lock = locks.try_lock(engine, owner)
    counts: Counter[str] = Counter()
    wire: Wire | None = None
    try:
        counts["unknown"] += _take_back(engine, kind)
        for _ in range(_MOST_IN_A_RUN):
            if stop is not None and stop.is_set():
                break
            claimed = _claim(engine, owner, kind, as_of)
            if claimed is None:
                break
            digest, composed = claimed
            if composed is None:
                counts["cancelled"] += 1
                continue
            wire = wire or _open(engine, owner, kind, digest, mailer)
            answer = _hand_over(_Hand(engine, owner, kind), wire, digest, composed)
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


def _take_back(engine: Engine, kind: Kind) -> int:
    with transaction(engine) as session:
        owners = queue.owners_at_work(session, kind.row)
    dead = [owner for owner in owners if locks.is_free(engine, owner)]
    with transaction(engine) as session:
        unknown = queue.take_back(session, dead, kind.row)
    for owner in dead:
        locks.forget(engine, owner)
    return unknown


def _claim(engine: Engine, owner: str, kind: Kind, as_of: date) -> tuple[Digest, Composed | None] | None:
    """Claim a mail and write it as things stand now; what has nothing left to tell is cancelled."""
    with transaction(engine) as session:
        digest = queue.claim(session, owner, kind.row)
        if digest is None:
            return None
        composed = kind.write(session, digest, as_of) if digest.is_active else None
        if composed is None:
            words = kind.nothing if digest.is_active else "the reader is no active user any more"
            queue.settle(session, owner, digest.digest_id, Settled("cancelled", words), kind.row)
    return digest, composed


def _write_digest(session: Session, digest: Digest, as_of: date) -> Composed | None:
    coming = _coming(session, digest, max(as_of, digest.business_on))
    if not coming:
        return None
    return compose_digest(digest.name, digest.language, coming, f"{public_address()}{routes.SALES}/")


SALES = Kind("digests", SalesDigestRow, _write_digest)


def _coming(session: Session, digest: Digest, as_of: date) -> list[Coming]:
    lines = stored.lines(session, digest_id=digest.digest_id)
    open_now = stored.owing(session, [key for line in lines for key in line.invoice_ids], as_of)
    return [
        _line(line, owed)
        for line in lines
        if line.sales_email == digest.recipient  # somebody else's customer now
        and (owed := [open_now[key] for key in line.invoice_ids if key in open_now])
    ]


def _line(line: DigestLine, owed: list[Owing]) -> Coming:
    return Coming(
        customer=line.customer_name,
        company=line.company_name,
        template=line.template,
        channel=line.channel,
        comes_on=line.comes_on,
        invoices=[Owed(one.number, one.due_on, one.open_minor, one.currency) for one in owed],
        link=f"{public_address()}{routes.PAUSE}/{link_of(line)}",
    )


def public_address() -> str:
    """Return the address that people open, without a slash at its end."""
    settings = get_settings()
    return (settings.base_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def _open(engine: Engine, owner: str, kind: Kind, digest: Digest, mailer: Mailer) -> Wire:
    try:
        return mailer.open()
    except SettingsError:
        with transaction(engine) as session:
            queue.settle(
                session, owner, digest.digest_id, Settled("queued", "the mail server cannot be used"), kind.row
            )
        raise


@dataclass(frozen=True, slots=True)
class _Hand:
    """In whose hands a mail is, and where that is recorded."""

    engine: Engine
    owner: str
    kind: Kind


def _hand_over(hand: _Hand, wire: Wire, digest: Digest, composed: Composed) -> Answer:
    mail = OutgoingMail(
        message_id=digest.message_id,
        sender=digest.sender,
        reply_to=parseaddr(digest.reply_to)[1],
        recipient=digest.recipient,
        recipient_name=digest.name,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        papers=composed.papers,
    )
    try:
        content = wire_bytes(build(mail, now()))
        wire.envelope(wire_address(parseaddr(digest.sender)[1]), wire_address(digest.recipient))
    except ValueError as error:
        return _settled(hand, digest, Answer(Verdict.REFUSED, f"{_UNWRITABLE}{error}"))
    except Refusal as refusal:
        if not refusal.answer.is_lost:
            wire.reset()
        return _settled(hand, digest, refusal.answer, counts=True)
    with transaction(hand.engine) as session:
        is_ours = queue.fence(session, hand.owner, digest.digest_id, hand.kind.row)
    if not is_ours:
        wire.reset()
        return Answer(Verdict.LATER, "another sender took it over")
    return _settled(hand, digest, wire.data(content))


def _settled(hand: _Hand, digest: Digest, answer: Answer, *, counts: bool = False) -> Answer:
    settled = Settled(answer.verdict.value, answer.words, counts=counts, waits=True)
    with transaction(hand.engine) as session:
        queue.settle(session, hand.owner, digest.digest_id, settled, hand.kind.row)
    return answer
