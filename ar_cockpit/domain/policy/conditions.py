"""A condition as typed into fields of a screen: the same checks as in the file."""

from __future__ import annotations

from ar_cockpit.domain.policy.lines import map_lines
from ar_cockpit.domain.policy.model import FIELDS, LIST_OPS, OPS, ORDER_OPS, Condition, Kind
from ar_cockpit.domain.policy.reading import Problem, Reading
from ar_cockpit.domain.policy.segment import read_condition


def operators_of(field: str) -> tuple[str, ...]:
    """Return the operators that a field can be compared with."""
    is_number = field in FIELDS and FIELDS[field][0] is Kind.NUMBER
    return tuple(one for one in OPS if is_number or one not in ORDER_OPS)


def typed_condition(field: str, op: str, value: str) -> Condition | Problem:
    """Return the condition typed as words, several values parted by commas, or what is wrong with it."""
    reading = Reading(map_lines(""))
    words = [word.strip() for word in value.split(",") if word.strip()]
    given = words if op in LIST_OPS else ", ".join(words)
    read = read_condition(reading, (), [field, op, given])
    if read is None or not words:
        empty = Problem(0, "a condition needs a value.", "Give one, or several parted by commas.")
        return reading.problems[0] if reading.problems else empty
    return read


def typed_value(condition: Condition) -> str:
    """Return what is typed for the values of ``condition``."""
    return ", ".join(format(one, "f") if not isinstance(one, str) else one for one in condition.values)
