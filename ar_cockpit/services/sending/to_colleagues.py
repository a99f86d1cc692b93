"""Sending mails to our own people by the protocol: claim, look again, announce, fence, hand over, record.

Sales owners' digests, mails about mentions, alerts of crossed limits: how each is written stands with its subject.
There are few of them, so they go one after the other over one connection.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db import locks
from ar_cockpit.db.queries import colleague_outbox as queue
from ar_cockpit.db.queries.colleague_outbox import Claimed, Queue
from ar_cockpit.db.queries.reminders.outbox import Settled
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.mail.compose import Composed
from ar_cockpit.mail.message import OutgoingMail, build, wire_address, wire_bytes
from ar_cockpit.mail.smtp import Answer, Mailer, Refusal, Verdict, Wire
from ar_cockpit.services.clock import now
from ar_cockpit.settings import get_settings

_MOST_IN_A_RUN = 200
_UNWRITABLE = "not sent: "


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail: the table it waits in, and how it is written as things stand when it goes.

    ``write`` returns ``None`` when nothing is left that the reader may be told.
    """

    name: str
    row: Queue
    write: Callable[[Session, Claimed, date], Composed | None]


class Reader(Protocol):
    """Whom a mail goes to, and how the company that it is about writes."""

    @property
    def user_id(self) -> int:
        """The user."""

    @property
    def email(self) -> str:
        """The user's address."""

    @property
    def mail_from(self) -> str:
        """The company's sender, empty for the one of the settings."""

    @property
    def mail_reply_to(self) -> str:
        """Where its answers go, likewise."""


def headed(reader: Reader, subject: str, on: date, at: datetime) -> dict[str, Any]:
    """Return the columns of a mail that waits from ``at``; ``subject`` is what no other mail of the reader is about."""
    settings = get_settings()
    given = reader.mail_from or settings.mail_from
    name, address = parseaddr(given)
    mark = hashlib.sha256(f"{subject}\n{reader.email}".encode()).hexdigest()[:24]
    return {
        "user_id": reader.user_id,
        "recipient": reader.email,
        "business_on": on,
        "message_id": f"<{mark}.{on:%Y%m%d}@{address.rpartition('@')[2] or 'localhost'}>",
        "sender": str(Address(name or "AR Cockpit", addr_spec=address)) if address else given,
        "reply_to": reader.mail_reply_to or settings.mail_reply_to or address,
        "queued_at": at,
    }


def something_waits(engine: Engine, kind: Kind) -> bool:
    """Return whether a mail may go, or one was left in the hands of a sender that ended."""
    with reading(engine) as session:
        return queue.is_waiting(session, kind.row)


def public_address() -> str:
    """Return the address that people open, without a slash at its end."""
    settings = get_settings()
    return (settings.base_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def send(
    engine: Engine, actor: Actor, mailer: Mailer, kind: Kind, as_of: date, stop: threading.Event | None = None
) -> Counter[str]:
    """Send the mails of one kind that wait and count their ends; raise ``SettingsError`` when no server can be used."""
    actor.require(Permission.RUN_JOBS)
    hand = _Hand(engine, f"{kind.name}-{secrets.token_hex(8)}", kind)
    lock = locks.try_lock(engine, hand.owner)
    counts: Counter[str] = Counter()
    wire: Wire | None = None
    try:
        counts["unknown"] += _take_back(hand)
        for _ in range(_MOST_IN_A_RUN):
            if stop is not None and stop.is_set():
                break
            claimed = _claim(hand, as_of)
            if claimed is None:
                break
            mail, composed = claimed
            if composed is None:
                counts["cancelled"] += 1
                continue
            wire = wire or _open(hand, mail, mailer)
            answer = _hand_over(hand, wire, mail, composed)
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
        locks.forget(engine, hand.owner)
    return +counts


@dataclass(frozen=True, slots=True)
class _Hand:
    """In whose hands mails are, and where that is recorded."""

    engine: Engine
    owner: str
    kind: Kind


def _take_back(hand: _Hand) -> int:
    with transaction(hand.engine) as session:
        owners = queue.owners_at_work(session, hand.kind.row)
    dead = [owner for owner in owners if locks.is_free(hand.engine, owner)]
    with transaction(hand.engine) as session:
        unknown = queue.take_back(session, dead, hand.kind.row)
    for owner in dead:
        locks.forget(hand.engine, owner)
    return unknown


def _claim(hand: _Hand, as_of: date) -> tuple[Claimed, Composed | None] | None:
    """Claim a mail and write it as things stand now; what has nothing left to tell is cancelled."""
    with transaction(hand.engine) as session:
        mail = queue.claim(session, hand.owner, hand.kind.row)
        if mail is None:
            return None
        composed = hand.kind.write(session, mail, as_of) if mail.is_active else None
        if composed is None:
            words = "nothing left that the reader may be told" if mail.is_active else "the reader is no active user"
            queue.settle(session, hand.owner, mail.mail_id, Settled("cancelled", words), hand.kind.row)
    return mail, composed


def _open(hand: _Hand, mail: Claimed, mailer: Mailer) -> Wire:
    try:
        return mailer.open()
    except SettingsError:
        settled = Settled("queued", "the mail server cannot be used")
        with transaction(hand.engine) as session:
            queue.settle(session, hand.owner, mail.mail_id, settled, hand.kind.row)
        raise


def _hand_over(hand: _Hand, wire: Wire, mail: Claimed, composed: Composed) -> Answer:
    outgoing = OutgoingMail(
        message_id=mail.message_id,
        sender=mail.sender,
        reply_to=parseaddr(mail.reply_to)[1],
        recipient=mail.recipient,
        recipient_name=mail.name,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
    )
    try:
        content = wire_bytes(build(outgoing, now()))
        wire.envelope(wire_address(parseaddr(mail.sender)[1]), wire_address(mail.recipient))
    except ValueError as error:
        return _settled(hand, mail, Answer(Verdict.REFUSED, f"{_UNWRITABLE}{error}"))
    except Refusal as refusal:
        if not refusal.answer.is_lost:
            wire.reset()
        return _settled(hand, mail, refusal.answer, counts=True)
    with transaction(hand.engine) as session:
        is_ours = queue.fence(session, hand.owner, mail.mail_id, hand.kind.row)
    if not is_ours:
        wire.reset()
        return Answer(Verdict.LATER, "another sender took it over")
    return _settled(hand, mail, wire.data(content))


def _settled(hand: _Hand, mail: Claimed, answer: Answer, *, counts: bool = False) -> Answer:
    settled = Settled(answer.verdict.value, answer.words, counts=counts, waits=True)
    with transaction(hand.engine) as session:
        queue.settle(session, hand.owner, mail.mail_id, settled, hand.kind.row)
    return answer
