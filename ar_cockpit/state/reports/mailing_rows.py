"""Reports that are mailed, in words: the rhythm, who gets them, and what became of each mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.reports.definition import from_json
from ar_cockpit.domain.reports.rhythm import About, Every, Rhythm
from ar_cockpit.domain.reports.shipped import SHIPPED
from ar_cockpit.i18n import say
from ar_cockpit.i18n.numbers import date_in
from ar_cockpit.i18n.refusals import refusal
from ar_cockpit.services.reports.mails import Delivery
from ar_cockpit.services.reports.schedules import PACK, Plan, Reader, Scheduled
from ar_cockpit.settings import get_settings
from ar_cockpit.state.display import rows
from ar_cockpit.state.frame.session import Choice

_A_MONDAY = date(2026, 11, 2)  # the names of its week are told
_LAST_DAY = 31
_KINDS = {"sent": "ok", "failed": "bad", "unknown": "watch", "cancelled": "watch"}
_REASONS = {
    "no right": "no_right",
    "the reader is no active user": "no_right",
    "nothing left that the reader may be told": "no_right",
    "the schedule is gone": "gone",
    "could not be made": "too_often",
}


@dataclass
class ScheduleItem:
    """A mailed report, ready to draw."""

    schedule_id: int
    name: str
    what: str
    when: str
    next: str
    readers: str
    owner: str
    is_mine: bool
    is_paused: bool


@dataclass
class DeliveryItem:
    """A mail of a report, ready to draw."""

    name: str
    reader: str
    day: str
    at: str
    state: str
    kind: str
    why: str


@dataclass
class ReaderItem:
    """Somebody who may be chosen."""

    name: str
    email: str
    field: str


def schedule_items(found: Sequence[Scheduled], language: str) -> list[ScheduleItem]:
    """Return what is mailed."""
    return [
        ScheduleItem(
            one.schedule_id,
            one.plan.title(language),
            _what(one.plan, language),
            rhythm_words(one.plan.rhythm, language),
            say(language, "mailed.paused") if one.next_at is None else _instant(one.next_at, language),
            ", ".join(one.readers),
            one.owner,
            one.is_mine,
            one.next_at is None,
        )
        for one in found
    ]


def delivery_items(found: Sequence[Delivery], language: str) -> list[DeliveryItem]:
    """Return what became of each mail."""
    return [
        DeliveryItem(
            _name(one.name, language),
            one.reader,
            rows.day(one.reported_on, language),
            _instant(one.sent_at or one.queued_at, language),
            say(language, f"mailed.state.{one.state}"),
            _KINDS.get(one.state, "info"),
            _why(one, language),
        )
        for one in found
    ]


def reader_items(found: Sequence[Reader]) -> list[ReaderItem]:
    """Return who may be chosen."""
    return [ReaderItem(one.name, one.email, f"reader_{one.user_id}") for one in found]


def rhythm_choices(language: str) -> list[Choice]:
    """Return the days on which a report may be mailed."""
    days = [Choice(every.value, say(language, f"mailed.every.{every.value}")) for every in (Every.DAY, Every.WORKDAY)]
    weeks = [
        Choice(f"week-{number}", say(language, "mailed.every.week", day=_weekday(number, language)))
        for number in range(7)
    ]
    months = [
        Choice(f"month-{number}", _month_day(number, language)) for number in (*range(1, _LAST_DAY - 2), _LAST_DAY)
    ]
    return [*days, *weeks, *months]


def rhythm_words(rhythm: Rhythm, language: str) -> str:
    """Return the days and the time: ``Every Monday, 07:00``."""
    told = {
        Every.WEEK: lambda: say(language, "mailed.every.week", day=_weekday(rhythm.weekday, language)),
        Every.MONTH: lambda: _month_day(rhythm.month_day, language),
    }.get(rhythm.every, lambda: say(language, f"mailed.every.{rhythm.every.value}"))()
    return f"{told}, {rhythm.at:%H:%M}"


def rhythm_of(form: Mapping[str, Any]) -> Rhythm:
    """Read the days and the time that were chosen; raise ``InputError`` for what is none."""
    every, _, number = str(form.get("every", "")).partition("-")
    try:
        at = time.fromisoformat(str(form.get("at", "")))
        day = int(number) if number else 1
        chosen = Every(every)
    except ValueError as error:
        raise InputError("There is no such time.", "Choose the days, and the time as 07:30.") from error
    weekday, month_day = (day, 1) if chosen is Every.WEEK else (0, day)
    return Rhythm(chosen, time(at.hour, at.minute), weekday, month_day)


def readers_of(form: Mapping[str, Any]) -> tuple[int, ...]:
    """Read who was chosen."""
    told = (name.removeprefix("reader_") for name, value in form.items() if name.startswith("reader_") and value)
    return tuple(int(one) for one in told if one.isdecimal())


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as it waits for being put back."""
    rhythm = plan.rhythm
    return {
        "shipped": plan.shipped,
        "definition": plan.definition.as_json() if plan.definition else {},
        "company": plan.company,
        "currency": plan.currency,
        "ending": plan.ending,
        "rhythm": [rhythm.every.value, rhythm.at.isoformat(), rhythm.weekday, rhythm.month_day],
        "about": plan.about.value,
        "readers": list(plan.readers),
        "report_id": plan.report_id,
        "name": plan.name,
        "is_converted": plan.is_converted,
    }


def plan_from_json(kept: Mapping[str, Any]) -> Plan:
    """Return the plan that was told; raise ``InputError`` for what is none."""
    try:
        every, at, weekday, month_day = kept["rhythm"]
        rhythm = Rhythm(Every(every), time.fromisoformat(at), int(weekday), int(month_day))
        return Plan(
            str(kept["shipped"]),
            from_json(kept["definition"]) if kept["definition"] else None,
            str(kept["company"]),
            str(kept["currency"]),
            str(kept["ending"]),
            rhythm,
            About(kept["about"]),
            tuple(int(one) for one in kept["readers"]),
            None if kept["report_id"] is None else int(kept["report_id"]),
            str(kept["name"]),
            bool(kept.get("is_converted", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("There is no such mailed report.") from error


def _what(plan: Plan, language: str) -> str:
    company = plan.company or say(language, "mailed.companies")
    about = say(language, f"mailed.about.{plan.about.value}")
    documents = say(language, "mailed.converted", currency=plan.currency) if plan.is_converted else plan.currency
    return f"{plan.ending.upper()}, {company}, {documents}, {about}"


def _why(one: Delivery, language: str) -> str:
    if one.error:
        known = _REASONS.get(one.error)
        return say(language, f"mailed.why.{known}") if known else refusal(language, one.error)
    kilobytes = say(language, "mailed.size", number=rows.number(max(1, round(one.size_bytes / 1024)), language))
    by_hand = say(language, "mailed.by_hand") if one.is_by_hand else ""
    return ", ".join(words for words in (kilobytes if one.size_bytes else "", by_hand) if words)


def _name(name: str, language: str) -> str:
    """Return a report's name; before its file is made, a shipped one has its key."""
    return say(language, f"reports.name.{name}") if name in SHIPPED or name == PACK else name


def _weekday(number: int, language: str) -> str:
    return date_in(_A_MONDAY + timedelta(days=number), "EEEE", language)


def _month_day(number: int, language: str) -> str:
    if number == _LAST_DAY:
        return say(language, "mailed.every.month_end")
    return say(language, "mailed.every.month", day=number)


def _instant(at: datetime, language: str) -> str:
    local = at.astimezone(get_settings().zone)
    return f"{rows.weekday(local.date(), language)} {local:%H:%M}"
