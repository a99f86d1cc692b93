"""The one thing to know about an open document, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ar_cockpit.domain.reasons import Reason
from ar_cockpit.i18n import catalogue, count, say


def invoice_state(state: Reason, language: str, day: Callable[[date], str]) -> str:
    """Return the state in words; ``day`` writes a date as the place where it is read does."""
    key, values = f"invoice.state.{state.code}", dict(state.facts)
    if "reason" in values:
        values["reason"] = catalogue(language).get(f"dispute.{values['reason']}", str(values["reason"]))
    if "on" in values:
        values["on"] = day(date.fromisoformat(str(values["on"])))
    number = values.get("count", values.get("days"))
    if number == 0 and state.code == "due_in":
        return say(language, "invoice.state.due_today")
    if isinstance(number, int):
        return count(language, key, number, **values)
    return say(language, key, **values)
