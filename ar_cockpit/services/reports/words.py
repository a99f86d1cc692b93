"""What the columns of reports are called, and their coded values, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from ar_cockpit.domain.reports.sources import Field
from ar_cockpit.i18n import catalogue, say

_AGE = "age_"
# Values that are codes, and the message that names them.
_CODED: dict[str, Callable[[str], str]] = {
    "segment": lambda value: f"cadences.segment.{value}",
    "reason": lambda value: f"dispute.{value}",
    "state": lambda value: f"reports.state.{value}",
    "trend": lambda value: f"executive.trend.{value}",
    "kind": lambda value: f"invoices.kind.{value}",
}


def field_label(key: str, language: str) -> str:
    """Return what a column is called."""
    if key.startswith(_AGE):
        return say(language, f"shell.ageing.{key.removeprefix(_AGE)}")
    return say(language, f"reports.field.{key}")


def text_words(value: str, one: Field, language: str) -> str:
    """Return a text as it is read: a code in words where it has some."""
    coded = _CODED.get(one.key)
    return catalogue(language).get(coded(value), value) if coded else value
