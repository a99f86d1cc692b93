"""What happened with a customer and what is planned, as entries that any language can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ar_cockpit.domain.reasons import Fact


class Group(StrEnum):
    """What a reader may want to see alone."""

    MESSAGES = "messages"
    CALLS = "calls"
    MONEY = "money"
    DISPUTES = "disputes"
    NOTES = "notes"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline: ``code`` and ``facts`` are its words, ``remark`` is what a person wrote."""

    on: date
    code: str
    group: Group
    facts: Mapping[str, Fact] = field(default_factory=dict)
    remark: str = ""
    actor_email: str = ""
    is_planned: bool = False
    is_bad: bool = False
    key: str = ""  # of the message it tells of, to see or resolve it
    is_internal: bool = False  # for finance alone


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries by day, the latest (and the planned, which lie ahead) first; within a day as they came."""
    return sorted(entries, key=lambda entry: entry.on, reverse=True)
