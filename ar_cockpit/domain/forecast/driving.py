"""What drives the cash to come: its weeks by customer, apart for what a change of terms moves and what it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from ar_cockpit.domain.forecast.cash import Sums, by_week, moments, sums
from ar_cockpit.domain.forecast.commitments import disputed, promised
from ar_cockpit.domain.forecast.history import FAR, Flags, Floats, Ints

WEEKS_AHEAD = 13
WEEKS_KNOWN = 25  # of the days held one by one: what comes after the thirteen weeks may be moved into them
DAYS_KNOWN = WEEKS_KNOWN * 7
MOST_CUSTOMERS = 50
_PARTS = 3  # of sums: expected, variance, third moment


class Kind(StrEnum):
    """Why an open invoice is expected when it is; of several reasons the first that holds."""

    PLAN = "plan"
    PROMISE = "promise"
    DISPUTE = "dispute"
    OVERDUE = "overdue"
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weekly sums of some invoices: ``bound`` ones are overdue or agreed to a date, ``free`` ones not due yet."""

    bound: Sums
    free: Sums

    @property
    def total(self) -> Sums:
        """The weeks of all of them."""
        return self.bound + self.free

    def without(self, part: Weeks) -> Weeks:
        """Return the weeks without those of some of the invoices."""
        return Weeks(_less(self.bound, part.bound), _less(self.free, part.free))

    def times(self, factor: float) -> Weeks:
        """Return the weeks in another currency."""
        return Weeks(self.bound.times(factor), self.free.times(factor))


@dataclass(frozen=True, slots=True)
class Driver:
    """A customer with much cash to come; amounts in the unit of the ledger's ``open`` column."""

    customer: str
    open: float
    overdue: float
    agreed: float  # of it under a promise or a plan
    weeks: Weeks


@dataclass(frozen=True, slots=True)
class OfKind:
    """The open invoices of one kind, and what of them is expected within the thirteen weeks."""

    count: int
    open: float
    expected: float


@dataclass(frozen=True, slots=True)
class Driving:
    """What drives one company's cash in one currency."""

    weeks: Weeks
    cumulated: Sums  # by the end of each of the thirteen weeks
    kinds: dict[Kind, OfKind]
    overdue: float  # of what is open
    customers: tuple[Driver, ...]  # those with the largest sums expected within the thirteen weeks


@dataclass(slots=True)
class Watch:
    """Takes the invoices' chances of payment part by part, as the cash is summed, and keeps what drives it."""

    as_of: int
    customers: list[str] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)
    _sums: list[tuple[Ints, Floats]] = field(default_factory=list)
    _cumulated: Sums | None = None
    _kinds: dict[Kind, OfKind] = field(default_factory=dict)

    def see(self, rows: pd.DataFrame, paid: Floats, amount: Floats) -> None:
        """Take some invoices with ``paid``, their chance of payment on each of at least ``DAYS_KNOWN`` days."""
        weekly = by_week(paid[:, :DAYS_KNOWN])
        ahead = weekly[:, :WEEKS_AHEAD]
        part = sums(np.cumsum(ahead, axis=1), amount)
        self._cumulated = part if self._cumulated is None else self._cumulated + part
        kinds = kinds_of(rows, self.as_of)
        for kind in Kind:
            self._count(kind, kinds == kind.value, amount, amount * ahead.sum(axis=1))
        agreed = np.isin(kinds, (Kind.PLAN.value, Kind.PROMISE.value))
        late = rows["due"].to_numpy() < self.as_of + 1
        free = (~agreed & ~late).astype(float)[:, None]
        parts = [amount[:, None] ** power * moment for power, moment in enumerate(moments(weekly), 1)]
        places, own = self._placed(rows["customer"])
        owed = np.column_stack([amount, amount * late, amount * agreed])
        table = np.column_stack([owed, *(part * (1.0 - free) for part in parts), *(part * free for part in parts)])
        grouped = np.zeros((len(own), table.shape[1]))
        np.add.at(grouped, places, table)
        self._sums.append((own, grouped))

    def driving(self) -> Driving | None:
        """Return what was seen; ``None`` when nothing was."""
        if self._cumulated is None:
            return None
        table = np.zeros((len(self.customers), 3 + 2 * _PARTS * WEEKS_KNOWN))
        for places, grouped in self._sums:
            table[places] += grouped
        first = table[:, 3:].reshape(len(table), 2 * _PARTS, WEEKS_KNOWN)
        due = first[:, (0, _PARTS), :WEEKS_AHEAD].sum(axis=(1, 2))
        largest = [place for place in np.argsort(-due, kind="stable")[:MOST_CUSTOMERS] if due[place] > 0]
        drivers = tuple(
            Driver(self.customers[at], float(table[at, 0]), float(table[at, 1]), float(table[at, 2]), _weeks(first[at]))
            for at in largest
        )
        return Driving(
            _weeks(first.sum(axis=0)), self._cumulated, self._kinds, float(table[:, 1].sum()), tuple(drivers)
        )

    def _placed(self, customers: pd.Series) -> tuple[Ints, Ints]:
        """Return for each invoice the row of its customer among those of this part, and their places in all."""
        codes, names = pd.factorize(customers)
        for name in names:
            if name not in self._places:
                self._places[name] = len(self.customers)
                self.customers.append(str(name))
        return codes, np.array([self._places[name] for name in names], dtype=np.int64)

    def _count(self, kind: Kind, chosen: Flags, amount: Floats, expected: Floats) -> None:
        before = self._kinds.get(kind, OfKind(0, 0.0, 0.0))
        self._kinds[kind] = OfKind(
            before.count + int(chosen.sum()),
            before.open + float(amount[chosen].sum()),
            before.expected + float(expected[chosen].sum()),
        )


def kinds_of(rows: pd.DataFrame, as_of: int) -> np.ndarray:
    """Return the kind of each prepared open invoice, by its name."""
    has_date = promised(rows) < FAR
    by_plan = rows["by_plan"].to_numpy(dtype=bool) if "by_plan" in rows else np.zeros(len(rows), dtype=bool)
    late = rows["due"].to_numpy() <= as_of
    return np.select(
        [has_date & by_plan, has_date, disputed(rows) == 1, late],
        [Kind.PLAN.value, Kind.PROMISE.value, Kind.DISPUTE.value, Kind.OVERDUE.value],
        default=Kind.NOT_DUE.value,
    )


def _weeks(rows: Floats) -> Weeks:
    return Weeks(Sums(*(part.copy() for part in rows[:_PARTS])), Sums(*(part.copy() for part in rows[_PARTS:])))


def _less(whole: Sums, part: Sums) -> Sums:
    return Sums(
        np.maximum(whole.expected - part.expected, 0.0),
        np.maximum(whole.variance - part.variance, 0.0),
        whole.third - part.third,
    )
