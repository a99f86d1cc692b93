"""A claimed message made into what goes over the wire, the pictures it names drawn or fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from sqlmodel import Session

from ar_cockpit.db.queries.reminders import wording
from ar_cockpit.db.queries.reminders.claimed import Claimed
from ar_cockpit.db.queries.reminders.papers import StoredPaper
from ar_cockpit.mail.brand import from_json, qr_png
from ar_cockpit.mail.message import OutgoingMail, Paper, Picture, build, wire_address, wire_bytes
from ar_cockpit.mail.plain import plain_bytes
from ar_cockpit.mail.smtp import Answer, Verdict
from ar_cockpit.services.clock import now

UNWRITABLE = -2  # no answer of a server: the message itself cannot be put on the wire
Shown = Mapping[str, tuple[str, bytes]]  # media type and content by SHA-256


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail ready for the wire."""

    row_id: int
    envelope: tuple[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Packing:
    """What parcels are made of besides the messages: earlier Message-IDs and papers by message, and the pictures."""

    earlier: Mapping[int, Sequence[str]]
    shown: Shown
    named: Mapping[int, Sequence[StoredPaper]]


def shown_in(session: Session, messages: Sequence[Claimed]) -> Shown:
    """Return the stored pictures that messages show."""
    named = {image.sha256 for message in messages for image in from_json(message.images) if image.sha256}
    return wording.pictures(session, named) if named else {}


def pack(message: Claimed, thread: Sequence[str], shown: Shown, papers: Sequence[Paper] | str = ()) -> Parcel | Answer:
    """Return the message as it goes over the wire, or the answer that refuses it."""
    if isinstance(papers, str):
        return Answer(Verdict.REFUSED, f"not sent: {papers}", code=UNWRITABLE)
    mail = OutgoingMail(
        message_id=message.message_id,
        sender=message.sender,
        reply_to=message.reply_to,
        recipient=message.recipient,
        recipient_name=message.contact_name,
        subject=message.subject,
        text=message.text,
        html=message.html,
        thread=thread,
        is_notice=message.is_notice,
        pictures=pictures_of(message.images, shown),
        papers=papers,
    )
    try:
        is_plain = not (mail.pictures or mail.papers)
        content = plain_bytes(mail, now()) if is_plain else wire_bytes(build(mail, now()))
        envelope = (wire_address(parseaddr(message.sender)[1]), wire_address(message.recipient))
        return Parcel(message.row_id, envelope, content)
    except ValueError as error:
        return Answer(Verdict.REFUSED, f"not sent: {error}", code=UNWRITABLE)


def pictures_of(images: str, shown: Shown) -> list[Picture]:
    """Return the pictures of a message's row: logos as they are stored, codes drawn now."""
    found = []
    for image in from_json(images):
        if image.transfer:
            found.append(Picture(image.cid, "image/png", qr_png(image.transfer)))
        elif image.sha256 in shown:
            found.append(Picture(image.cid, *shown[image.sha256]))
    return found
