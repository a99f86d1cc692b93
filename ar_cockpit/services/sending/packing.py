"""From a claimed message to what goes over the wire, or the reason why it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from ar_cockpit.db.queries.reminders.claimed import Claimed
from ar_cockpit.mail.message import OutgoingMail, wire_address
from ar_cockpit.mail.plain import plain_bytes
from ar_cockpit.mail.smtp import Answer, Verdict
from ar_cockpit.services.clock import now

UNWRITABLE = -2  # no answer of a server: the message itself cannot be put on the wire


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail ready for the wire."""

    row_id: int
    envelope: tuple[str, str]
    content: bytes


def pack(message: Claimed, thread: Sequence[str]) -> Parcel | Answer:
    """Return the mail as it goes over the wire; an answer of our own when it cannot be written."""
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
    )
    try:
        content = plain_bytes(mail, now())
        envelope = (wire_address(parseaddr(message.sender)[1]), wire_address(message.recipient))
        return Parcel(message.row_id, envelope, content)
    except ValueError as error:
        return Answer(Verdict.REFUSED, f"not sent: {error}", code=UNWRITABLE)
