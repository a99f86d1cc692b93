"""Messages of the outbox in words: state, why, when, and what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from ar_cockpit.i18n import catalogue, locale_of, say
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services.sending.register import Going, Happened, MessageItem, MessageLine
from ar_cockpit.state.display import rows

_KINDS = {"sent": "ok", "unknown": "watch", "failed": "bad", "bounced": "bad", "cancelled": "quiet"}
_ICONS = {
    "queued": "clock",
    "claimed": "clock",
    "sending": "mail",
    "sent": "check",
    "unknown": "circle-alert",
    "failed": "x",
    "bounced": "mail-x",
    "cancelled": "minus",
}
_EVENT_ICONS = {
    "reply": "reply",
    "auto_reply": "reply",
    "bounce": "mail-x",
    "expired": "mail-x",
    "delayed": "clock",
    "delivered": "check",
    "copy": "mail-open",
    "sent": "check",
    "failed": "x",
    "unknown": "circle-alert",
    "queued": "clock",
    "readdressed": "mail",
    "corrected": "user",
    "cleared": "check",
    "taken_back": "minus",
    "put_back": "clock",
    "said_sent": "check",
    "said_again": "mail",
}
# What the product itself writes as a reason, to be said in the reader's language.
_REASONS = {
    "taken back by a person": "outbox.why.taken_back",
    "the sender ended before the server's answer was recorded": "outbox.why.no_answer",
}


@dataclass
class OutboxItem:
    """A message, ready to draw; ``kind`` is ok, watch, bad, info or quiet."""

    key: str
    href: str
    customer: str
    customer_href: str
    company: str
    recipient: str
    subject: str
    state: str
    kind: str
    icon: str
    why: str
    tries: str
    when: str
    total: str
    may_choose: bool


@dataclass
class InvoiceOf:
    """An invoice that a message lists."""

    number: str
    open: str
    dropped: str


@dataclass
class HistoryLine:
    """Something that happened to a message."""

    when: str
    icon: str
    what: str
    words: str
    text: str


def instant(at: datetime | None, zone: ZoneInfo, language: str) -> str:
    """Return an instant as people of ``zone`` tell it: day and time."""
    return format_datetime(at.astimezone(zone), "d MMM, HH:mm", locale=locale_of(language)) if at else ""


def state_of(line: MessageLine) -> tuple[str, str]:
    """Return the kind and the icon of a message's state."""
    return _KINDS.get(line.state, "info"), _ICONS[line.state]


def why_of(line: MessageLine, zone: ZoneInfo, language: str) -> str:
    """Return why a message is where it is, and when it is tried again."""
    reason = _reason(line.error, language)
    if line.next_attempt_at is None:
        return reason
    again = say(language, "outbox.next_try", at=instant(line.next_attempt_at, zone, language))
    return f"{again}: {reason}" if reason else again


def invoice_of(item: MessageItem, currency: str, language: str) -> InvoiceOf:
    """Return a listed invoice in words."""
    key = f"outbox.dropped.{item.dropped}"
    known = catalogue(language)
    dropped = say(language, key) if key in known else item.dropped.replace("_", " ")
    return InvoiceOf(item.number, rows.money_cents(item.open_minor, currency, language), dropped)


def history_of(
    line: MessageLine, history: list[Happened], names: Mapping[str, str], zone: ZoneInfo, language: str
) -> list[HistoryLine]:
    """Return what happened to a message, oldest first, its queuing and sending included."""
    known = [Happened(line.queued_at, "written", ""), *history]
    if line.sent_at and not any(one.kind in ("said_sent", "delivered") for one in history):
        known.append(Happened(line.sent_at, "sent", ""))
    known.sort(key=lambda one: one.at)
    return [
        HistoryLine(
            when=instant(one.at, zone, language),
            icon=_EVENT_ICONS.get(one.kind, "info"),
            what=say(language, f"outbox.event.{one.kind}"),
            words=", ".join(word for word in (_words(one, language), names.get(one.by, one.by)) if word),
            text=one.text,
        )
        for one in known
    ]


def pace_lines(going: Going, zone: ZoneInfo, language: str) -> list[str]:
    """Return each account's cap, and what keeps it from sending."""
    told = []
    for one in going.accounts:
        if one.refused_until is not None:
            at = instant(one.refused_until, zone, language)
            told.append(say(language, "outbox.account.refused", account=one.name, at=at, error=one.error))
        elif one.caps:
            caps = ", ".join(_cap(cap.most, cap.span, language) for cap in one.caps)
            told.append(say(language, "outbox.account.capped", account=one.name, caps=caps))
    for digest in going.stuck:
        on = rows.day(digest.business_on, language)
        told.append(say(language, f"outbox.digest.{digest.state}", to=digest.recipient, on=on, error=digest.error))
    return told


def _cap(most: int, span: int, language: str) -> str:
    name = {60: "minute", 3600: "hour", 86400: "day"}[span]
    return say(language, f"outbox.cap.{name}", n=rows.number(most, language))


def _words(one: Happened, language: str) -> str:
    return _reason(one.words, language)


def _reason(words: str, language: str) -> str:
    """Return why something happened in the reader's language; a server's own words stay as they are."""
    return say(language, _REASONS[words]) if words in _REASONS else refusal(language, words)
