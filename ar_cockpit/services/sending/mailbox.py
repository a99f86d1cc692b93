"""Reading the mailbox: bounces, automatic and genuine replies find their message, once each.

Every mail is one transaction: what it is, what follows from it, and how far the mailbox was read. Killed anywhere and
run again, nothing is recorded twice and nothing is left out.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.db.queries.reminders import incoming as queries
from ar_cockpit.db.queries.reminders.incoming import Concerned
from ar_cockpit.db.session import reading, transaction
from ar_cockpit.db.tables import TouchpointRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.mail.imap import Place
from ar_cockpit.mail.incoming import LONGEST_TEXT, Incoming, Kind, read

FIRST_LOOK_BACK = timedelta(days=30)
_SAID = {Kind.REPLY: "reply", Kind.AUTO_REPLY: "auto_reply", Kind.BOUNCE: "bounce", Kind.EXPIRED: "bounce"}


class Mailbox(Protocol):
    """Where answers come to."""

    @property
    def name(self) -> str:
        """How it is called."""

    def after(self, place: Place, since: date) -> Iterator[tuple[Place, bytes]]:
        """Yield each mail after ``place`` with its own; of a mailbox never read, those ``since`` a day."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant of reading, and the zone its business date is told in."""

    at: datetime
    zone: ZoneInfo
    stop: threading.Event = field(default_factory=threading.Event)


def read_mailbox(engine: Engine, actor: Actor, mailbox: Mailbox, moment: Moment) -> Counter[str]:
    """Read what came since the last time and return how many mails were what; ``other`` are about nothing of ours."""
    actor.require(Permission.RUN_JOBS)
    counts: Counter[str] = Counter()
    with reading(engine) as session:
        start = Place(*queries.place_of(session, mailbox.name))
    since = moment.at.astimezone(moment.zone).date() - FIRST_LOOK_BACK
    for place, raw in mailbox.after(start, since):
        found = _read(raw)
        with transaction(engine) as session:
            counts[_take(session, found, moment) if found else "unreadable"] += 1
            queries.set_place(session, mailbox.name, place.validity, place.uid)
        if moment.stop.is_set():
            break
    return counts


def _read(raw: bytes) -> Incoming | None:
    try:
        return read(raw)
    except Exception:  # noqa: BLE001 (whatever strangers send must not keep us from the mails behind it)
        return None


def _take(session: Session, mail: Incoming, moment: Moment) -> str:
    """Record a mail about one of our messages, with what follows from it, and return what it was."""
    about = queries.concerned(session, [mail.own_id]) if mail.own_id else None
    kind = Kind.COPY if about else mail.kind
    about = about or queries.concerned(session, list(dict.fromkeys(mail.about)))
    if about is None:
        return "other"
    at = min(mail.sent_at or moment.at, moment.at)
    values = {
        "company_id": about.company_id,
        "message_row_id": about.row_id,
        "key": mail.key,
        "kind": kind.value,
        "sender": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
        "status": mail.status,
        "received_at": at,
        "read_at": moment.at,
    }
    if not queries.record(session, values):
        return "known"
    _follow(session, about, mail, kind, at)
    if kind in _SAID:
        _write_down(session, about, mail, _SAID[kind], at, moment)
    return kind.value


def _follow(session: Session, about: Concerned, mail: Incoming, kind: Kind, at: datetime) -> None:
    words = mail.words or mail.subject
    if kind is Kind.DELIVERED:
        queries.delivered(session, about.row_id, at)
    elif kind in (Kind.BOUNCE, Kind.EXPIRED):
        is_of_another = mail.recipients and about.recipient.lower() not in mail.recipients
        if is_of_another and queries.was_readdressed(session, about.row_id):
            kind = Kind.DELAYED  # it is about the address that was corrected since
        elif queries.bounced(session, about.row_id, words) and kind is Kind.BOUNCE:
            queries.mark_address(session, about, at)
    queries.note_event(session, about.row_id, kind.value, words)


def _write_down(session: Session, about: Concerned, mail: Incoming, kind: str, at: datetime, moment: Moment) -> None:
    """Put what came into the customer's timeline, where it is a task until somebody answers it."""
    lines = [mail.words or mail.subject] if kind == "bounce" else [mail.subject, mail.text]
    session.add(
        TouchpointRow(
            company_id=about.company_id,
            customer_id=about.customer_id,
            kind=kind,
            happened_on=at.astimezone(moment.zone).date(),
            happened_at=at,
            actor_email=mail.sender,
            text="\n".join(line for line in lines if line)[:LONGEST_TEXT],
            facts={"recipient": about.recipient, "message_id": about.message_id, "status": mail.status},
            message_row_id=about.row_id,
        )
    )
