"""Reasons in words, for screens and the command line alike: a code and its facts become one sentence."""

from __future__ import annotations

from datetime import date

from ar_cockpit.domain.reasons import Fact, Reason
from ar_cockpit.i18n import catalogue, count, say
from ar_cockpit.i18n.numbers import day, money, number

TASK, STANDING, SCRIPT = "reasons", "standing", "script"  # the books of sentences
_NAMED_DAYS = {0: "today", 1: "yesterday"}


def sentence(reason: Reason, language: str, book: str = TASK) -> str:
    """Return ``reason`` in words, with amounts as the reader writes them."""
    values = _values(reason, language, book)
    keys = {
        TASK: f"reasons.{reason.code}",
        STANDING: f"standing.{reason.code}",
        SCRIPT: f"script.{reason.code}",
    }
    key = keys[book]
    shown = f"{key}.{'tried' if values.get('known_by') == 'trial' else 'observed'}"
    if "anyway" in values and shown in catalogue(language):
        return say(language, shown, **values)
    named = f"{key}.{_NAMED_DAYS.get(_days(reason), '')}"
    if named in catalogue(language):
        return say(language, named, **values)
    if f"{key}.other" not in catalogue(language):
        return say(language, key, **values)
    return count(language, key, _days(reason), **values)


def days_before(days: int, language: str) -> str:
    """Return the days late of a year ago, or that the customer paid on time then."""
    return number(days, language) if days > 0 else say(language, "habit.on_time")


def _days(reason: Reason) -> int:
    told = reason.facts.get("count", reason.facts.get("days"))
    return told if isinstance(told, int) else -1


def _values(reason: Reason, language: str, book: str) -> dict[str, Fact]:
    values = dict(reason.facts)
    minor, currency = values.get("amount_minor"), values.get("currency")
    if isinstance(minor, int) and isinstance(currency, str):
        values["amount"] = money(minor, currency, language)
        gain = values.get("gain_minor")
        if isinstance(gain, int):
            values["gain"] = money(gain, currency, language)
    on = values.get("on")
    if isinstance(on, str) and book == STANDING:
        values["on"] = day(date.fromisoformat(on), language)
    before = values.get("before")
    if isinstance(before, int):
        values["before"] = days_before(before, language)
    if reason.code in {"dispute_due", "dispute_answered"}:
        values["reason"] = catalogue(language).get(f"dispute.{values['reason']}", str(values["reason"]))
    return values
