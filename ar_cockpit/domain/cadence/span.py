"""The days to come, as far as they are known beforehand, and a day that was lived through. Plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ar_cockpit.domain.cadence.day import Day, Touch
from ar_cockpit.domain.cadence.shapes import InstalmentDue
from ar_cockpit.domain.cadence.stops import Stops


@dataclass(frozen=True, slots=True)
class Span:
    """What is known beforehand of the days to come; days are counted from the first one, which is 0."""

    first_day: date
    stops: Sequence[Stops]  # of each day
    closed: Sequence[frozenset[str]]  # the countries with a public holiday, of each day
    changes: Mapping[int, Sequence[int]] = field(default_factory=dict)  # by customer: when its stops change
    gone: Mapping[int, int] = field(default_factory=dict)  # by invoice: the day by whose end it is paid
    told: Mapping[int, Mapping[str, int]] = field(default_factory=dict)  # by invoice and step: days ago
    proposed: frozenset[int] = frozenset()  # invoices with a task to allocate
    instalments: Sequence[Mapping[int, InstalmentDue]] = ()  # of each day, by invoice: those that are near
    announced: frozenset[tuple[int, str]] = frozenset()  # (invoice, step) of instalments that were told of

    @property
    def count(self) -> int:
        """How many days there are."""
        return len(self.stops)


@dataclass(frozen=True, slots=True)
class Lived:
    """A day on which something was looked at: what is recorded, who waits, and how many approvals begin to wait."""

    customer_id: int
    later: int
    touches: list[Touch]
    day: Day
    approvals: int
