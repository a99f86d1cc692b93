"""What the columns of reports are called, and their coded values, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from ar_cockpit.domain.credit import Level
from ar_cockpit.domain.reports.sources import Field
from ar_cockpit.i18n import catalogue, say

_AGE = "age_"
_RISKS = {Level.HOLD.value: "high", Level.WATCH.value: "medium", Level.OK.value: "low"}
# Values that are codes, and the message that names them.
_CODED: dict[str, Callable[[str], str]] = {
    "segment": lambda value: f"cadences.segment.{value}",
    "reason": lambda value: f"dispute.{value}",
    "state": lambda value: f"reports.state.{value}",
    "trend": lambda value: f"executive.trend.{value}",
    "risk": lambda value: f"executive.risk.{_RISKS.get(value, value)}",
    "contact": lambda value: f"reports.contact.{value}",
    "kind": lambda value: f"invoices.kind.{value}",
}


def field_label(key: str, language: str) -> str:
    """Return what a column is called."""
    if key.startswith(_AGE):
        return say(language, f"shell.ageing.{key.removeprefix(_AGE)}")
    return say(language, f"reports.field.{key}")


def text_words(value: str, one: Field, language: str) -> str:
    """Return a text of a report as it is read: a code in words where it has some."""
    return coded_words(one.key, value, language)


def coded_words(key: str, value: str, language: str) -> str:
    """Return what the code of a column means, or the value as it is."""
    coded = _CODED.get(key)
    return catalogue(language).get(coded(value), value) if coded else value
