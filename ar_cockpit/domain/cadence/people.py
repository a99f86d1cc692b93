"""Customers in whole columns: a record is made of those alone that somebody looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ar_cockpit.domain.cadence.columns import Ints
from ar_cockpit.domain.cadence.plan import Addressee

Column = NDArray[np.object_]


class People:
    """Customers by the columns of :class:`Addressee`; a field without a column has its default."""

    def __init__(self, columns: Mapping[str, Column], places: Ints) -> None:
        """Take the columns, and the places in them of those who are meant, in their order."""
        self._columns, self._places = dict(columns), places

    @classmethod
    def of(cls, everyone: Iterable[Addressee]) -> Self:
        """Return the columns of records."""
        some = list(everyone)
        columns = {name: worded([one[place] for one in some]) for place, name in enumerate(Addressee._fields)}
        return cls(columns, np.arange(len(some)))

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._places)

    def __getitem__(self, place: int) -> Addressee:
        """Return one of them."""
        at = self._places[place]
        return Addressee(**{name: column[at] for name, column in self._columns.items()})

    def __iter__(self) -> Iterator[Addressee]:
        """Go through all of them."""
        return map(self.__getitem__, range(len(self)))

    @cached_property
    def ids(self) -> Ints:
        """Their keys."""
        return self.column("customer_id").astype(np.int64)

    def column(self, name: str) -> Column:
        """Return one column of them, in their order."""
        return self._columns[name][self._places]

    def placed(self, places: Ints) -> People:
        """Return those at ``places``, in their order."""
        return People(self._columns, self._places[places])

    def reached(self, columns: Mapping[str, Column]) -> People:
        """Return the same with whom to write to at each."""
        own = {name: self.column(name) for name in self._columns}
        return People(own | dict(columns), np.arange(len(self)))


class Spoken(MutableMapping[int, Addressee]):
    """Customers by their key, each made a record of when it is first asked for."""

    def __init__(self, people: People) -> None:
        """Take those who are meant."""
        self._people, self._own = people, dict[int, Addressee]()

    @cached_property
    def _place_of(self) -> dict[int, int]:
        return {key: place for place, key in enumerate(self._people.ids.tolist())}

    def __getitem__(self, customer_id: int) -> Addressee:
        """Return one of them."""
        if customer_id not in self._own:
            self._own[customer_id] = self._people[self._place_of[customer_id]]
        return self._own[customer_id]

    def __setitem__(self, customer_id: int, one: Addressee) -> None:
        """Put in another one."""
        self._own[customer_id] = one

    def __delitem__(self, customer_id: int) -> None:
        """Take one away."""
        self._own.pop(customer_id, None)
        self._place_of.pop(customer_id, None)

    def __iter__(self) -> Iterator[int]:
        """Go through their keys."""
        yield from self._place_of
        yield from (key for key in self._own if key not in self._place_of)

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._place_of.keys() | self._own.keys())


def worded(values: Sequence[Any]) -> Column:
    """Return any values as a column."""
    found = np.empty(len(values), np.object_)
    found[:] = values
    return found
