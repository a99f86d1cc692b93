"""What an incoming mail is about: a reply, an automatic one, or a report about one of ours (RFC 3464, RFC 3834).

Pure: bytes in, values out. A report is only believed where one may come from: a mail of the type ``multipart/report``
or one from a mail system. What a customer quotes in a reply is no report.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, message_from_string
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from enum import StrEnum

from flufl.bounce import all_failures

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "message/rfc822-headers", "message/global", "message/global-headers")
_CODED = ("base64", "quoted-printable")
LONGEST_TEXT = 2000
LONGEST_LINE = 300
_ID = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_DAEMONS = ("mailer-daemon", "postmaster", "microsoftexchange", "mail-daemon", "mdaemon")
_AUTOMATIC = {"precedence": ("bulk", "junk", "auto_reply", "auto-reply"), "x-precedence": ("auto_reply",)}
_AUTOMATIC_MARKS = ("x-autoreply", "x-autorespond", "x-autoresponder")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_TAGS = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<[^>]*>")
_BREAKS = re.compile(r"(?i)<(br|/p|/div|/tr|/li)\b[^>]*>")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Kind(StrEnum):
    """What came back."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"  # refused for good
    EXPIRED = "expired"  # given up after tries that failed for the time being: the address may be right
    DELAYED = "delayed"  # still tried
    DELIVERED = "delivered"
    COPY = "copy"  # one of ours itself, in a folder of sent mails


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail that came in; ``about`` are the Message-IDs it may be about, the likeliest first."""

    key: str
    own_id: str
    kind: Kind
    about: tuple[str, ...]
    sender: str
    subject: str
    text: str
    status: str
    words: str  # of a report: what the server said
    recipients: frozenset[str]  # that a report is about, in lower case
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Report:
    kind: Kind
    status: str
    words: str
    recipients: frozenset[str]


def read(raw: bytes) -> Incoming:
    """Return what ``raw`` is; a mail that is hardly one still comes out, as a reply about nothing."""
    message = message_from_bytes(raw)
    own_id = next(iter(_ids(message.get("Message-ID"))), "")
    report = _delivery_status(message) or _recognised(message)
    kind = report.kind if report else Kind.AUTO_REPLY if _is_automatic(message) else Kind.REPLY
    return Incoming(
        key=own_id or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        own_id=own_id,
        kind=kind,
        about=tuple(_about(message, is_report=report is not None)),
        sender=parseaddr(_decoded(message.get("From")))[1][:LONGEST_LINE],
        subject=_clean(_decoded(message.get("Subject")))[:LONGEST_LINE].strip(),
        text=_said(message),
        status=report.status if report else "",
        words=report.words if report else "",
        recipients=report.recipients if report else frozenset(),
        sent_at=_date(message),
    )


def _about(message: Message, *, is_report: bool) -> Iterator[str]:
    """Yield Message-IDs: those of what is returned first in a report, else those that are answered."""
    if is_report:
        for part in message.walk():
            kind = part.get_content_type()
            if kind in _RETURNED:
                yield from _returned(part)
            elif kind in ("text/rfc822-headers", "text/plain"):
                yield from _named(_text_of(part))
    yield from _ids(message.get("In-Reply-To"))
    yield from reversed(list(_ids(message.get("References"))))


def _named(text: str) -> Iterator[str]:
    """Yield the Message-ID of headers that are returned as text."""
    for found in re.finditer(r"(?im)^>?\s*message-id:\s*(<[^<>\s]+>)", text):
        yield found[1]


def _returned(part: Message) -> Iterator[str]:
    """Yield the Message-ID of what is returned: as it was parsed, its text being of any bytes, else from its text."""
    found = [] if _coding(part) in _CODED else list(_ids(*(one.get("Message-ID") for one in _blocks(part))))
    yield from found or _named(_unpacked(part))


def _unpacked(part: Message) -> str:
    """Return what a part of the type ``message/…`` holds as text, block after block.

    The parser of the standard library takes it for headers as it stands, even where it is encoded, as some servers do
    against the rule; of the types for addresses beyond ASCII it reads the first block alone.
    """
    text = "\n\n".join(_whole(one).strip("\n") for one in _blocks(part))
    coding = _coding(part)
    if coding not in _CODED:
        return text
    wrapped = Message()
    wrapped["Content-Transfer-Encoding"] = coding
    wrapped.set_payload(text)
    return _text_of(wrapped)


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _coding(part: Message) -> str:
    return str(part.get("Content-Transfer-Encoding", "")).strip().lower()


def _whole(block: Message) -> str:
    """Return a block as text, also where its bytes are not of the charset that it names, or nobody knows that one."""
    try:
        return block.as_string()
    except (UnicodeError, LookupError):
        return block.as_bytes(policy=block.policy.clone(max_line_length=None)).decode("utf-8", "replace")


def _ids(*values: str | None) -> Iterator[str]:
    for value in values:
        yield from _ID.findall(str(value or ""))


def _delivery_status(message: Message) -> _Report | None:
    """Return what a delivery report says (RFC 3464): the worst of its recipients' fates."""
    fates = []
    for part in message.walk():
        if part.get_content_type() not in _STATUS_TYPES:
            continue
        for written in re.split(r"\n[ \t]*\n", _unpacked(part)):
            block = message_from_string(written.strip("\n"))
            action = str(block.get("Action", "")).strip().lower()
            if action:
                fates.append(_fate(block, action))
    ranks = (Kind.BOUNCE, Kind.EXPIRED, Kind.DELAYED, Kind.DELIVERED)
    return next((fate for kind in ranks for fate in fates if fate and fate.kind is kind), None)


def _fate(block: Message, action: str) -> _Report | None:
    found = _STATUS.search(str(block.get("Status", "")))
    status = found[1] if found else ""
    kinds = {
        "failed": Kind.EXPIRED if status.startswith("4") else Kind.BOUNCE,
        "delayed": Kind.DELAYED,
        "delivered": Kind.DELIVERED,
        "relayed": Kind.DELIVERED,
        "expanded": Kind.DELIVERED,
    }
    if action not in kinds:
        return None
    words = str(block.get("Diagnostic-Code", "")).partition(";")[2] or status
    named = (str(block.get(name, "")).rpartition(";")[2] for name in ("Final-Recipient", "Original-Recipient"))
    recipients = frozenset(parseaddr(one)[1].lower() for one in named if one.strip())
    return _Report(kinds[action], status, _clean(words)[:LONGEST_LINE].strip(), recipients)


def _recognised(message: Message) -> _Report | None:
    """Return what a report in one of the many other shapes says."""
    if not _is_from_a_system(message):
        return None
    delayed, failed = all_failures(message)
    if not (delayed or failed):
        return None
    text = _said(message)
    found = _STATUS.search(text)
    addresses = frozenset(address.decode("utf-8", "replace").lower() for address in failed or delayed)
    words = next((line for line in text.splitlines() if re.search(r"\b[45]\d\d[ -]", line)), "")
    return _Report(
        Kind.BOUNCE if failed else Kind.DELAYED, found[1] if found else "", words.strip()[:LONGEST_LINE], addresses
    )


def _is_from_a_system(message: Message) -> bool:
    local = parseaddr(str(message.get("From", "")))[1].partition("@")[0].lower()
    return (
        local.startswith(_DAEMONS)
        or str(message.get("Return-Path", "")).strip() == "<>"
        or "X-Failed-Recipients" in message
        or message.get_content_type() == "multipart/report"
    )


def _is_automatic(message: Message) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    told = any(str(message.get(name, "")).strip().lower() in values for name, values in _AUTOMATIC.items())
    is_report = message.get_content_type() == "multipart/report"  # such as that it was read
    return submitted != "no" or told or is_report or any(name in message for name in _AUTOMATIC_MARKS)


def _said(message: Message) -> str:
    """Return what a mail says, as plain text, without what it quotes at its end."""
    parts = [part for part in message.walk() if not part.is_multipart() and not part.get_filename()]
    plain = next((part for part in parts if part.get_content_type() == "text/plain"), None)
    if plain is not None:
        text = _text_of(plain)
    else:
        marked = next((part for part in parts if part.get_content_type() == "text/html"), None)
        text = _unmarked(_text_of(marked)) if marked is not None else ""
    lines = [line.rstrip() for line in _clean(text).splitlines()]
    while lines and (not lines[-1] or lines[-1].lstrip().startswith(">")):
        lines.pop()
    said = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return said if len(said) <= LONGEST_TEXT else said[: LONGEST_TEXT - 1] + "…"


def _unmarked(marked: str) -> str:
    return html.unescape(_TAGS.sub("", _BREAKS.sub("\n", marked[:200_000])))


def _text_of(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _decoded(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value or ""))))
    except (ValueError, LookupError):
        return str(value)


def _clean(text: str) -> str:
    """Return ``text`` without control characters and half characters, which a database does not take."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n")).encode("utf-8", "replace").decode("utf-8")


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
