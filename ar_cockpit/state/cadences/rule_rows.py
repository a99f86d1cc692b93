"""The rule of a segment as fields that are filled in, before it becomes conditions."""

from __future__ import annotations

from dataclasses import dataclass

from ar_cockpit.domain.errors import InputError
from ar_cockpit.domain.policy.conditions import operators_of, typed_condition, typed_value
from ar_cockpit.domain.policy.model import FIELDS, Condition, Segment
from ar_cockpit.domain.policy.reading import Problem
from ar_cockpit.i18n import say
from ar_cockpit.state.cadences import words
from ar_cockpit.state.frame.session import Choice

ALL, ANY = "all", "any"
MOST_CONDITIONS = 20
_FIRST = ("country", "in")


@dataclass
class ConditionRow:
    """One line of the form; ``operators`` are those its field can be compared with."""

    group: str
    field: str
    op: str
    value: str
    operators: list[Choice]
    hint: str
    problem: str = ""


def fields(language: str) -> list[Choice]:
    """Return what can be asked of a customer."""
    named = [Choice(name, _capital(words.field(name, language))) for name in FIELDS]
    return sorted(named, key=lambda choice: choice.label)


def row(group: str, field: str, op: str, value: str, language: str) -> ConditionRow:
    """Return a line; an operator that its field does not know becomes the first one it does."""
    known = operators_of(field)
    operators = [Choice(one, say(language, f"cadences.op.{words.OPS[one]}")) for one in known]
    return ConditionRow(
        group, field, op if op in known else known[0], value, operators, say(language, f"cadences.hint.{field}")
    )


def rows_of(segment: Segment | None, language: str) -> list[ConditionRow]:
    """Return the lines of a segment's rule, or one to begin with."""
    if segment is None:
        return [row(ALL, *_FIRST, "", language)]
    groups = ((ALL, segment.all_of), (ANY, segment.any_of))
    return [
        row(group, one.field, one.op, typed_value(one), language) for group, conditions in groups for one in conditions
    ]


def read(lines: list[ConditionRow], group: str) -> tuple[tuple[Condition, ...], dict[int, Problem]]:
    """Return the conditions of a group, and what is wrong by the place of the line."""
    found: list[Condition] = []
    problems: dict[int, Problem] = {}
    for place, line in enumerate(lines):
        if line.group != group:
            continue
        read_one = typed_condition(line.field, line.op, line.value)
        if isinstance(read_one, Problem):
            problems[place] = read_one
        else:
            found.append(read_one)
    return tuple(found), problems


def checked(field: str) -> str:
    """Return a field that exists."""
    if field not in FIELDS:
        raise InputError("There is no such choice.", "Choose one of the menu.")
    return field


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
