"""Which segments can never match: their own conditions exclude each other, or earlier segments take everyone.

A *region* is a set of customers, described field by field. What reaches a segment is everyone less those whom the
earlier segments took; a segment is unreachable when nothing of that satisfies its conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from ar_cockpit.domain.policy.model import FIELDS, Condition, Kind, Segment

_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not_in", "not_in": "in"}
_MOST_REGIONS = 2000  # a policy beyond this is too tangled to judge, and is given the benefit of the doubt


@dataclass(frozen=True)
class _Region:
    """The customers that satisfy every one of ``asked`` and for whom the ``unknown`` fields have no value."""

    asked: tuple[Condition, ...] = ()
    unknown: frozenset[str] = frozenset()

    def narrowed(self, condition: Condition) -> Iterator[_Region]:
        """Yield the part that satisfies ``condition``, if there is any."""
        region = replace(self, asked=(*self.asked, condition))
        if condition.field not in self.unknown and region.is_possible(condition.field):
            yield region

    def without(self, condition: Condition) -> Iterator[_Region]:
        """Yield the parts that do not satisfy ``condition``: the opposite holds, or nothing is known."""
        yield from self.narrowed(replace(condition, op=_OPPOSITE[condition.op]))
        is_asked = any(one.field == condition.field for one in self.asked)
        if not is_asked and FIELDS[condition.field][0] is Kind.NUMBER:
            yield replace(self, unknown=self.unknown | {condition.field})

    def is_possible(self, name: str) -> bool:
        """Return whether some value of field ``name`` satisfies all that is asked of it."""
        asked = [one for one in self.asked if one.field == name]
        if FIELDS[name][0] is Kind.WORDS:
            refused = {value for one in asked if one.op in ("!=", "not_in") for value in one.values}
            return all(set(one.values) - refused for one in asked if one.op in ("=", "in"))
        return any(all(one.holds(value) for one in asked) for value in _witnesses(name, asked))


def _witnesses(name: str, asked: list[Condition]) -> Iterable[Decimal | str]:
    """Return values of which at least one satisfies ``asked``, if any value at all does."""
    named = {value for one in asked for value in one.values}
    kind, least, most = FIELDS[name]
    if kind is Kind.WORD:
        return [str(value) for value in named] + ["", "\0"]
    numbers = sorted({Decimal(value) for value in named} | {bound for bound in (least, most) if bound is not None})
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    beyond = [numbers[0] - 1, numbers[-1] + 1] if numbers else [Decimal(0)]
    return [
        value
        for value in [*numbers, *between, *beyond]
        if (least is None or value >= least) and (most is None or value <= most)
    ]


def unreachable(segments: list[Segment]) -> list[tuple[int, str]]:
    """Return the places of the segments that can never match, each with the reason."""
    found: list[tuple[int, str]] = []
    left: list[_Region] | None = [_Region()]
    for place, segment in enumerate(segments):
        if place == len(segments) - 1 and not any(one.is_unconditional for one in segments[:-1]):
            break  # the one for everybody else has to be there, even if the rules before it leave nobody
        if not list(_within([_Region()], segment)):
            found.append((place, "its conditions exclude each other"))
        elif left is not None and not list(_within(left, segment)):
            found.append((place, "the segments before it take everyone it could match"))
        left = _after(left, segment)
    return found


def _within(regions: Iterable[_Region], segment: Segment) -> Iterator[_Region]:
    for region in regions:
        parts = [region]
        for condition in segment.all_of:
            parts = [part for whole in parts for part in whole.narrowed(condition)]
        if segment.any_of:
            parts = [part for whole in parts for one in segment.any_of for part in whole.narrowed(one)]
        yield from parts


def _after(regions: list[_Region] | None, segment: Segment) -> list[_Region] | None:
    """Return what is left of ``regions`` once ``segment`` took its own, or ``None`` beyond what can be judged."""
    if regions is None:
        return None
    left: list[_Region] = []
    for region in regions:
        inside = [region]
        for condition in segment.all_of:
            left.extend(part for whole in inside for part in whole.without(condition))
            inside = [part for whole in inside for part in whole.narrowed(condition)]
        if segment.any_of:
            for condition in segment.any_of:
                inside = [part for whole in inside for part in whole.without(condition)]
            left.extend(inside)
    return left if len(left) <= _MOST_REGIONS else None
