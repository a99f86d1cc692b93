"""What changed between two policies, part by part and field by field, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from ar_cockpit.domain.policy.credit_rules import CreditRules, StandingRules
from ar_cockpit.domain.policy.model import Cadence, Policy, Segment, Step

Whole = Segment | Cadence | Step | StandingRules | CreditRules


class Part(StrEnum):
    """What is spoken of."""

    SEGMENT = "segment"
    CADENCE = "cadence"
    STEP = "step"
    STANDING = "standing"
    CREDIT = "credit"


class Kind(StrEnum):
    """What became of it."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: of a whole part, or of one ``field`` with its values; ``step`` is set for parts of a cadence."""

    part: Part
    kind: Kind
    key: str
    step: str = ""
    field: str = ""
    before: Any = None
    after: Any = None


def differences(before: Policy, after: Policy) -> list[Difference]:
    """Return every change from one policy to another."""
    rules = (
        *_fields(Part.STANDING, "", "", before.standing, after.standing),
        *_fields(Part.CREDIT, "", "", before.credit, after.credit),
    )
    return [*rules, *_segments(before, after), *_cadences(before, after)]


def _segments(before: Policy, after: Policy) -> Iterator[Difference]:
    old = {one.key: one for one in before.segments}
    new = {one.key: one for one in after.segments}
    yield from (Difference(Part.SEGMENT, Kind.REMOVED, key, before=one) for key, one in old.items() if key not in new)
    places = {key: place for place, key in enumerate(old, 1)}
    stayed = _in_order([places[key] for key in new if key in old])
    for place, (key, one) in enumerate(new.items(), 1):
        if key not in old:
            yield Difference(Part.SEGMENT, Kind.ADDED, key, after=one)
            continue
        if places[key] not in stayed:
            yield Difference(Part.SEGMENT, Kind.MOVED, key, before=places[key], after=place)
        yield from _fields(Part.SEGMENT, key, "", old[key], one)


def _in_order(places: list[int]) -> frozenset[int]:
    """Return the most of ``places`` that still rise: those that nobody moved, when one of them was."""
    longest: tuple[int, ...] = ()
    ending: list[tuple[int, ...]] = []  # the longest run that ends with each place
    for place in places:
        run: tuple[int, ...] = ()
        for earlier in ending:
            if earlier[-1] < place and len(earlier) > len(run):
                run = earlier
        ending.append((*run, place))
        longest = ending[-1] if len(ending[-1]) > len(longest) else longest
    return frozenset(longest)


def _cadences(before: Policy, after: Policy) -> Iterator[Difference]:
    for key, one in before.cadences.items():
        if key not in after.cadences:
            yield Difference(Part.CADENCE, Kind.REMOVED, key, before=one)
    for key, one in after.cadences.items():
        if key not in before.cadences:
            yield Difference(Part.CADENCE, Kind.ADDED, key, after=one)
            continue
        yield from _fields(Part.CADENCE, key, "", before.cadences[key], one)
        yield from _steps(key, before.cadences[key], one)


def _steps(cadence: str, before: Cadence, after: Cadence) -> Iterator[Difference]:
    old: Mapping[str, Step] = {step.key: step for step in before.steps}
    new: Mapping[str, Step] = {step.key: step for step in after.steps}
    for key, step in old.items():
        if key not in new:
            yield Difference(Part.STEP, Kind.REMOVED, cadence, key, before=step)
    for key, step in new.items():
        if key not in old:
            yield Difference(Part.STEP, Kind.ADDED, cadence, key, after=step)
        else:
            yield from _fields(Part.STEP, cadence, key, old[key], step)


def _fields(part: Part, key: str, step: str, before: Whole, after: Whole) -> Iterator[Difference]:
    for one in fields(before):
        old, new = getattr(before, one.name), getattr(after, one.name)
        if one.name not in ("key", "steps") and old != new:
            yield Difference(part, Kind.CHANGED, key, step, one.name, old, new)
