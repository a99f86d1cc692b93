"""A customer's timeline in words: each entry one line, with its icon and its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ar_cockpit.domain.collecting.timeline import Entry
from ar_cockpit.domain.reasons import Fact
from ar_cockpit.i18n import catalogue, count, say
from ar_cockpit.state.display import rows
from ar_cockpit.state.display.titles import key_title

_ICONS = {
    "message": "mail",
    "upcoming": "mail",
    "reminder": "mail",
    "reply": "reply",
    "auto_reply": "reply",
    "bounce": "mail-x",
    "note": "file-text",
    "ask": "message-square",
    "answer": "reply",
    "onboarded": "user",
    "snooze": "alarm-clock",
    "hold": "hand",
    "release": "check",
    "pause": "pause",
    "done": "check",
    "handover": "users",
    "statement": "file-text",
    "promise_ended": "minus",
    "sales_told": "info",
    "sales_seen": "eye",
    "promise": "calendar-clock",
    "promise_kept": "check",
    "promise_broken": "x",
    "promise_cancelled": "minus",
    "promise_replaced": "calendar-clock",
    "dispute": "flag",
    "dispute_flagged": "flag",
    "dispute_closed": "scale",
    "payment": "banknote",
    "plan": "calendar-clock",
    "plan_proposed": "calendar-clock",
    "plan_cancelled": "minus",
    "instalment_kept": "check",
    "instalment_broken": "x",
    "instalment_cancelled": "minus",
    "dispute_answered": "reply",
    "dispute_handed": "flag",
    "hold_proposed": "hand",
    "write_off_proposed": "scale",
    "proposal_accepted": "check",
    "proposal_refused": "minus",
    "skip": "pause",
    "skip_until": "pause",
    "manual": "hand",
    "merged": "split",
}
_CHANNEL_ICONS = {"call": "phone", "letter": "mail-open", "sms": "message-square", "allocate": "split"}

PLANNED = "plan"


@dataclass
class TimelineLine:
    """One line, ready to draw; ``kind`` is plan (ahead), bad or nothing."""

    icon: str
    kind: str
    day: str
    text: str
    remark: str
    group: str
    unknown_message: str = ""  # the id of a mail of which somebody has to say whether it went
    is_internal: bool = False  # for finance alone
    on: str = ""  # the day as it is sorted by


def timeline_line(entry: Entry, as_of: date, language: str, names: dict[str, str]) -> TimelineLine:
    """Return ``entry`` in words; days of another year carry it."""
    short = rows.weekday if abs((as_of - entry.on).days) < 300 else rows.day
    kind = PLANNED if entry.is_planned else "bad" if entry.is_bad else ""
    words = [_remark(entry, language), names.get(entry.actor_email, "")]
    remark = ", ".join(word for word in words if word)
    unknown = entry.key if entry.facts.get("state") == "unknown" else ""
    text, day = _text(entry, language), short(entry.on, language)
    on = entry.on.isoformat()
    return TimelineLine(_icon(entry), kind, day, text, remark, entry.group, unknown, entry.is_internal, on)


def _icon(entry: Entry) -> str:
    if entry.is_bad:
        return "x"
    channel = str(entry.facts.get("channel", ""))
    if entry.code.startswith("call"):
        return "phone"
    return _CHANNEL_ICONS.get(channel) or _ICONS.get(entry.code, "info")


def _text(entry: Entry, language: str) -> str:
    values = _values(entry, language)
    if entry.code in {"message", "upcoming"}:
        channel = entry.facts.get("channel")
        spoken = f"timeline.message.{channel}" if entry.code == "message" else f"timeline.upcoming.{channel}"
        return say(language, spoken, **values)
    key = f"timeline.{entry.code}"
    return say(language, key, **values) if key in catalogue(language) else entry.code


def _remark(entry: Entry, language: str) -> str:
    """Return what stands beside the line: a state, a date, or what a person wrote."""
    values = _values(entry, language)
    if entry.code == "message":
        state = say(language, f"message.{entry.facts['state']}")
        return ", ".join([count(language, "timeline.invoices", int(str(entry.facts["count"]))), state])
    if entry.code == "upcoming":
        values["invoices"] = count(language, "timeline.invoices", int(str(entry.facts["count"])))
    key = f"timeline.{entry.code}.remark"
    told = say(language, key, **values) if key in catalogue(language) else ""
    if entry.code == "payment":
        told = _settled(entry, language)
    return ", ".join(word for word in (told, entry.remark) if word)


def _settled(entry: Entry, language: str) -> str:
    number = int(str(entry.facts["count"]))
    if number == 0:
        return say(language, "timeline.payment.unapplied")
    if number == 1:
        return say(language, "timeline.payment.for", invoice=entry.facts["invoice"])
    return count(language, "timeline.payment.several", number)


def _values(entry: Entry, language: str) -> dict[str, Fact]:
    values = dict(entry.facts)
    currency = str(values.get("currency", ""))
    for key, name in (("amount_minor", "amount"), ("received_minor", "received")):
        minor = values.get(key)
        if isinstance(minor, int):
            values[name] = rows.money(minor, currency, language)
    for key in ("on", "until"):
        if values.get(key):
            values[key] = rows.weekday(date.fromisoformat(str(values[key])), language)
    known = catalogue(language)
    keys = {"reason": f"dispute.{values.get('reason')}", "outcome": f"dispute.outcome.{values.get('outcome')}"}
    keys["template"] = f"template.{values.get('template')}"
    values.update({name: known[key] for name, key in keys.items() if key in known})
    if entry.code.startswith("segment."):
        values.update({name: key_title(str(values[name]), language) for name in ("from", "to") if values.get(name)})
    return values
