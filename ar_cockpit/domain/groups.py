"""Groups of customers: who belongs to whom, told by parents; every chain ends at one head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Groups:
    """The customers of one company by group, with what was wrong with their parents."""

    head_of: Mapping[str, str]  # of every customer in a group of two or more, the head itself too
    unknown: Mapping[str, str]  # customer -> a parent that there is not
    circles: tuple[tuple[str, ...], ...]  # each from its head on, in the order of the parents


def groups_of(parents: Mapping[str, str]) -> Groups:
    """Return the groups of one company's customers; ``parents`` has all of them, an empty parent for none.

    A parent that there is not counts as none, and so does a customer's own code. Where parents go round in a circle,
    the least code of the circle counts as the head: the same ledger gives the same groups, in whatever order it came.
    """
    known = {code: parent for code, parent in parents.items() if parent in parents and parent != code}
    unknown = {code: parent for code, parent in parents.items() if parent and parent not in parents}
    circles = _cut_circles(known)
    heads: dict[str, str] = {}
    for code in known:
        heads[code] = head = _head(code, known, heads)
        heads[head] = head
    return Groups(heads, unknown, circles)


def _head(code: str, known: Mapping[str, str], heads: Mapping[str, str]) -> str:
    while code in known:
        if code in heads:
            return heads[code]
        code = known[code]
    return code


def _cut_circles(known: dict[str, str]) -> tuple[tuple[str, ...], ...]:
    """Take the parent of the least code of each circle away; return the circles."""
    circles: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in sorted(known):
        path: dict[str, None] = {}
        code = start
        while code in known and code not in done and code not in path:
            path[code] = None
            code = known[code]
        if code in path:
            circle = list(path)[list(path).index(code) :]
            head = circle.index(min(circle))
            circles.append((*circle[head:], *circle[:head]))
            del known[min(circle)]
        done.update(path)
    return tuple(circles)
