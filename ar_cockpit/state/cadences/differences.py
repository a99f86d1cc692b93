"""Differences of two policies in words: what, and from which value to which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from ar_cockpit.domain.policy.differences import Difference, Part
from ar_cockpit.domain.policy.model import WEEKDAYS, Cadence, Condition, Policy, Segment, Step
from ar_cockpit.i18n import say
from ar_cockpit.state.cadences import words
from ar_cockpit.state.display import rows, titles

_RULES = frozenset({Part.STANDING, Part.CREDIT})
_VALUES = {"template": "template", "channel": "cadences.channel", "tone": "cadences.tone"}


@dataclass
class DifferenceLine:
    """One change; ``before`` and ``after`` are empty for a part that came or went."""

    kind: str
    what: str
    field: str
    before: str
    after: str


def lines(found: list[Difference], before: Policy, after: Policy, language: str) -> list[DifferenceLine]:
    """Return the changes from one policy to another, as a person reads them."""
    return [_line(one, before, after, language) for one in found]


def _line(one: Difference, before: Policy, after: Policy, language: str) -> DifferenceLine:
    kind = say(language, f"cadences.diff.{one.kind.value}")
    what = _name(one, before, after, language)
    if isinstance(one.before, (Segment, Cadence, Step)) or isinstance(one.after, (Segment, Cadence, Step)):
        return DifferenceLine(kind, what, "", "", "")
    if not one.field:
        return DifferenceLine(kind, what, say(language, "cadences.diff.place"), str(one.before), str(one.after))
    if one.part in _RULES:
        field = say(language, f"credit.rule.{one.field}")
        return DifferenceLine(kind, what, field, rule_value(one.before, language), rule_value(one.after, language))
    field = say(language, f"cadences.diff.field.{one.field}")
    return DifferenceLine(
        kind, what, field, _value(one.field, one.before, language), _value(one.field, one.after, language)
    )


def rule_value(value: Any, language: str) -> str:
    """Return the value of a rule of credit in words."""
    if value is None:
        return say(language, "credit.rules.off")
    if isinstance(value, tuple):
        return ", ".join(value) or rows.NOTHING
    return say(language, f"credit.group.{value}") if isinstance(value, str) else _plain(value, language)


def _name(one: Difference, before: Policy, after: Policy, language: str) -> str:
    if one.part in _RULES:
        return say(language, f"credit.rules.{one.part.value}")
    policy = after if one.key in after.cadences or one.key.casefold() in after.by_key else before
    if one.part is Part.SEGMENT:
        owner = after if one.key.casefold() in after.by_key else before
        return titles.segment_title(owner.by_key[one.key.casefold()], language)
    cadence = (after if one.key in after.cadences else policy).cadences[one.key]
    if one.part is Part.CADENCE:
        return titles.cadence_title(cadence, language)
    if one.step not in {step.key for step in cadence.steps}:
        cadence = before.cadences[one.key]
    step = next(step for step in cadence.steps if step.key == one.step)
    return f"{titles.cadence_title(cadence, language)}: {titles.step_title(cadence, step, language)}"


def _value(field: str, value: Any, language: str) -> str:
    if field == "offset":
        return words.offset(value, language)
    if field in _VALUES:
        return say(language, f"{_VALUES[field]}.{value}")
    if field == "send_on":
        return ", ".join(say(language, f"cadences.day.{WEEKDAYS[day]}") for day in sorted(value))
    if isinstance(value, tuple):
        return ", ".join(_item(one, language) for one in value) or rows.NOTHING
    return _plain(value, language)


def _plain(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return say(language, "cadences.diff.yes" if value else "cadences.diff.no")
    if isinstance(value, Decimal):
        return rows.number(value, language, 2)
    return str(value) or rows.NOTHING


def _item(one: Any, language: str) -> str:
    if isinstance(one, Condition):
        return words.condition(one, language)
    if isinstance(one, time):
        return f"{one:%H:%M}"
    return say(language, f"cadences.attach.{one}")
