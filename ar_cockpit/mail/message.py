"""A frozen message of the outbox as a mail: standard headers, a text part and an HTML part, nothing that tracks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from ar_cockpit.mail.compose import one_line
from ar_cockpit.mail.enclosures import Paper

__all__ = ["OutgoingMail", "Paper", "Picture", "build", "wire_address", "wire_bytes"]
_POLICY = SMTP.clone(cte_type="7bit")
MOST_REFERENCES = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside the HTML part."""

    cid: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """What a mail is made of."""

    message_id: str
    sender: str
    reply_to: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    thread: Sequence[str] = ()  # Message-IDs sent before about the same invoices, oldest first
    is_notice: bool = False
    pictures: Sequence[Picture] = ()  # that the HTML part shows by their ``cid``
    papers: Sequence[Paper] = ()


def build(mail: OutgoingMail, at: datetime) -> EmailMessage:
    """Return the mail; raise ``ValueError`` when an address cannot be one."""
    message = EmailMessage(policy=_POLICY)
    name, address = parseaddr(mail.sender)
    message["From"] = Address(name, addr_spec=wire_address(address))
    message["To"] = Address(one_line(mail.recipient_name), addr_spec=wire_address(mail.recipient))
    message["Reply-To"] = Address(addr_spec=wire_address(mail.reply_to or address))
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail.message_id
    if mail.thread:
        message["In-Reply-To"] = mail.thread[-1]
        message["References"] = " ".join(mail.thread[-MOST_REFERENCES:])
    message["Auto-Submitted"] = "auto-generated"
    if mail.is_notice:
        message["List-Unsubscribe"] = f"<mailto:{wire_address(mail.reply_to or address)}?subject=no%20notices>"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    if mail.pictures:
        _add_pictures(message, mail.pictures)
    for paper in mail.papers:
        kind, _, subtype = paper.media_type.partition("/")
        message.add_attachment(paper.content, kind, subtype, filename=one_line(paper.file_name))
    return message


def _add_pictures(message: EmailMessage, pictures: Sequence[Picture]) -> None:
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage), "the HTML part was added above"  # noqa: S101 (a slip of ours)
    for picture in pictures:
        kind, _, subtype = picture.media_type.partition("/")
        name = f"{picture.cid.partition('@')[0]}.{subtype}"
        cid = f"<{picture.cid}>"
        html.add_related(picture.content, kind, subtype, cid=cid, filename=name, disposition="inline")


def wire_bytes(message: EmailMessage) -> bytes:
    """Return a mail as it goes over the wire: CRLF, seven bits, ending in a line end."""
    content = message.as_bytes()
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def wire_address(address: str) -> str:
    """Return an address in ASCII, its domain in IDNA; raise ``ValueError`` when it has no such form."""
    local, at, domain = address.strip().rpartition("@")
    if not (local and at and domain):
        raise ValueError(f"{address!r} is not an e-mail address")
    try:
        local.encode("ascii")
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise ValueError(f"{address!r} has no form that every mail server knows") from error
