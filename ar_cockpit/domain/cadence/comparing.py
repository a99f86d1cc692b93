"""The same days under a draft and under the policy in force: lived once for whoever both say the same of.

A draft mostly changes one cadence of many. Where both try the same segments, a customer comes to a cadence of the same
key on every day; if none of those it was in differs, neither does anything that becomes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ar_cockpit.domain.cadence.day import InvoiceFacts
from ar_cockpit.domain.cadence.plan import Known
from ar_cockpit.domain.cadence.simulating import Life, live
from ar_cockpit.domain.cadence.span import Lived, Span
from ar_cockpit.domain.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Compared:
    """A policy, the others it is compared with, and for each of these the cadences that are the same in both."""

    policy: Policy
    others: tuple[tuple[Policy, frozenset[str]], ...]

    def lives(self, known: Known, facts: InvoiceFacts, span: Span) -> Iterator[list[Lived]]:
        """Yield the days of one customer under each of the policies, in their order."""
        life = Life(self.policy, known, facts, span)
        lived = list(life.days())
        yield lived
        for other, same in self.others:
            yield lived if life.seen <= same else list(live(other, known, facts, span))


def compared(policies: Sequence[Policy]) -> Compared:
    """Return policies ready to be compared, the first with each of the others."""
    first, *others = policies
    return Compared(first, tuple((other, _same(first, other)) for other in others))


def _same(one: Policy, other: Policy) -> frozenset[str]:
    if one.segments != other.segments:
        return frozenset()
    return frozenset(key for key, cadence in one.cadences.items() if other.cadences.get(key) == cadence)
