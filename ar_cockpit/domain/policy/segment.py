"""Reading a segment: its conditions, held to fields that exist and values that can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ar_cockpit.domain.policy.lines import Path
from ar_cockpit.domain.policy.model import FIELDS, LIST_OPS, OPS, ORDER_OPS, Condition, Kind, Scalar, Segment
from ar_cockpit.domain.policy.reading import Reading, choose

_KEYS = ("key", "title", "cadence", "all", "any")


def read_segment(reading: Reading, path: Path, table: Mapping[str, Any]) -> Segment:
    """Return the segment written in ``table``."""
    reading.known(path, table, _KEYS)
    return Segment(
        reading.word(path, table, "key"),
        reading.word(path, table, "cadence"),
        _conditions(reading, path, table, "all"),
        _conditions(reading, path, table, "any"),
        reading.title(path, table),
    )


def _conditions(reading: Reading, path: Path, table: Mapping[str, Any], key: str) -> tuple[Condition, ...]:
    given = table.get(key)
    if given is None:
        return ()
    if not isinstance(given, list) or not given:
        reading.add((*path, key), f"{key!r} is not a list of conditions.", 'Write [["payer_score", ">=", 80]].')
        return ()
    found = [read_condition(reading, (*path, key), one) for one in given]
    return tuple(one for one in found if one is not None)


def read_condition(reading: Reading, path: Path, given: Any) -> Condition | None:
    """Return a condition written as field, operator and value, or ``None`` with the problem noted."""
    if not isinstance(given, list) or len(given) != 3 or not all(isinstance(word, str) for word in given[:2]):
        word = given[0] if isinstance(given, list) and given and isinstance(given[0], str) else ""
        reading.add(
            path, "a condition is a field, an operator and a value.", 'Write ["country", "=", "FR"].', word=word
        )
        return None
    name, op, value = given
    quoted = f'"{name}"'
    if name not in FIELDS:
        reading.add(path, f"there is no field {name!r}.", choose(name, FIELDS), word=quoted)
        return None
    kind = FIELDS[name][0]
    allowed = [one for one in OPS if kind is Kind.NUMBER or one not in ORDER_OPS]
    if op not in allowed:
        mend = f"Use one of: {' '.join(allowed)}."
        reading.add(path, f"{op!r} is not an operator for {name}.", mend, word=quoted)
        return None
    return _compared(reading, path, (name, op, value), kind)


def _compared(reading: Reading, path: Path, given: tuple[str, str, Any], kind: Kind) -> Condition | None:
    name, op, value = given
    quoted = f'"{name}"'
    if (op in LIST_OPS) is not isinstance(value, list):
        mend = f'Write ["{name}", "{op}", […]].' if op in LIST_OPS else f"Use in for several values of {name}."
        reading.add(path, f"{op!r} does not go with this value of {name}.", mend, word=quoted)
        return None
    raw = value if isinstance(value, list) else [value]
    values = [_scalar(kind, one) for one in raw]
    if None in values:
        is_number = kind is Kind.NUMBER
        said = f"{name} is compared with something else than {'a number' if is_number else 'a word in quotes'}."
        reading.add(path, said, "Give a number." if is_number else "Give a word in quotes.", word=quoted)
        return None
    return Condition(name, op, tuple(one for one in values if one is not None))


def _scalar(kind: Kind, value: Any) -> Scalar | None:
    """Return ``value`` in the form facts have: a decimal, or a word without regard to capitals."""
    if kind is not Kind.NUMBER:
        return value.casefold() if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
