"""The invoices that a day's messages name: kept in columns, and listed with their numbers when somebody reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from ar_cockpit.domain.cadence.columns import Ints, Owing
from ar_cockpit.domain.cadence.debtors import by_number
from ar_cockpit.domain.cadence.shapes import Item
from ar_cockpit.domain.policy.model import Step


@dataclass(frozen=True)
class Named:
    """The invoices that are named, one customer's after the other's, with where each customer's end."""

    owing: Owing
    whose: Ints
    step: Ints  # of each invoice, its place among the steps
    steps: Sequence[Step]
    ends: Sequence[int]
    totals: Ints
    currencies: Sequence[str]
    numbers: Callable[[Ints], Sequence[str]]

    @cached_property
    def every(self) -> list[Item]:
        """All of them; their numbers are asked for now."""
        numbers = self.numbers(self.owing.ids)
        order = by_number(self.owing.days, self.whose, numbers)
        owing, steps = self.owing.placed(order), [self.steps[which] for which in self.step[order].tolist()]
        rows = zip(
            owing.ids.tolist(), [numbers[place] for place in order.tolist()], steps, owing.minor.tolist(), strict=True
        )
        new = tuple.__new__  # a named item is made three times as slowly by its name
        return [new(Item, row) for row in rows]


class NamedHere(Sequence[Item]):
    """The invoices that one customer's message names, as a tuple of them would be."""

    __slots__ = ("_named", "_place")

    def __init__(self, named: Named, place: int) -> None:
        self._named, self._place = named, place

    def _bounds(self) -> tuple[int, int]:
        ends, place = self._named.ends, self._place
        return (ends[place - 1] if place else 0), ends[place]

    def _all(self) -> tuple[Item, ...]:
        first, end = self._bounds()
        return tuple(self._named.every[first:end])

    def __len__(self) -> int:
        """Return how many there are: nothing is asked for that."""
        first, end = self._bounds()
        return end - first

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | Sequence[Item]:
        """Return one of them, or some."""
        return self._all()[place]

    def __iter__(self) -> Iterator[Item]:
        """Go through them."""
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        """Return whether they are the same as in a tuple or another message."""
        return isinstance(other, (tuple, NamedHere)) and self._all() == tuple(other)

    def __hash__(self) -> int:
        """Return what a tuple of them would."""
        return hash(self._all())

    def __repr__(self) -> str:
        """Return how a tuple of them is written."""
        return repr(self._all())
