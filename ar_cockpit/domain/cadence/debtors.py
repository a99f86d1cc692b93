"""The customers that owe something, in the order of a plan, with what they owe as columns; and the segment of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from functools import cached_property
from typing import Self

import numpy as np

from ar_cockpit.domain.cadence.columns import Flags, Ints, Owing, coded, flagged, kinds, numbered, where
from ar_cockpit.domain.cadence.people import People
from ar_cockpit.domain.cadence.plan import Addressee, Choice, CustomerFacts, Known, choose
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import Policy

_FARTHEST = 1 << 62  # marks beyond any amount


@dataclass(frozen=True)
class Debtors:
    """Customers in the order of the plan; the invoices of each lie together, the oldest due date first."""

    everyone: People
    owing: Owing
    starts: Ints  # where the invoices of each begin
    facts: CustomerFacts

    @classmethod
    def of(cls, everyone: People, owing: Owing, facts: CustomerFacts) -> Self:
        """Return those of ``everyone`` that owe anything; the invoices of others are left out."""
        found = where(everyone.ids, owing.owners)
        if not len(found) or int(found.max()) < 0:
            return cls(everyone.placed(found[:0]), Owing.of(()), found[:0], facts)
        key = found * (int(owing.days.max()) - int(owing.days.min()) + 1) - owing.days
        order = np.argsort(key, kind="stable")
        order = order[found[order] >= 0]
        who = found[order]
        starts = np.flatnonzero(np.diff(who, prepend=-1))
        return cls(everyone.placed(who[starts]), owing.placed(order), starts, facts)

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.starts)

    @property
    def ends(self) -> Ints:
        """Where the invoices of each end."""
        return np.append(self.starts[1:], len(self.owing))

    @cached_property
    def whose(self) -> Ints:
        """The place of the customer of each invoice."""
        return np.repeat(np.arange(len(self)), self.ends - self.starts)

    @property
    def oldest_days(self) -> Ints:
        """The days the oldest open invoice of each is overdue."""
        return np.maximum(0, self.owing.days[self.starts])

    def known(self, place: int, one: Addressee | None = None) -> Known:
        """Return one of them as a decision looks at it; ``one`` is the same customer, with whom to write to."""
        first = int(self.starts[place])
        end = int(self.starts[place + 1]) if place + 1 < len(self) else len(self.owing)
        return Known(one or self.everyone[place], self.owing.rows(first, end), self.facts)

    def some(self, places: Ints) -> tuple[Debtors, Ints]:
        """Return those at ``places``, which ascend, and where their invoices stand among those of all."""
        is_one = np.zeros(len(self), np.bool_)
        is_one[places] = True
        invoices = np.flatnonzero(is_one[self.whose])
        counts = (self.ends - self.starts)[places]
        starts = np.cumsum(counts) - counts
        return Debtors(self.everyone.placed(places), self.owing.placed(invoices), starts, self.facts), invoices

    def named(self, numbers: Sequence[str]) -> Debtors:
        """Return the same with the invoices' ``numbers``: of one day, the lower number is in front."""
        order = by_number(self.owing.days, self.whose, numbers)
        return replace(self, owing=replace(self.owing, numbers=numbers).placed(order))

    def own_open(self, *, least_days: int | None = None) -> tuple[Ints, Flags]:
        """Return what each owes in its own currency, so many days overdue if that is given, and of whom it is known.

        Debts in other currencies, which few have, count at the day's rate.
        """
        place = {currency: number for number, currency in enumerate(self.owing.currencies)}
        own = numbered([place.get(currency, -1) for currency in self.everyone.column("currency").tolist()])
        is_own = self.owing.currency == own[self.whose]
        counts = is_own if least_days is None else is_own & (self.owing.days >= least_days)
        minor = np.add.reduceat(np.where(counts, self.owing.minor, 0), self.starts)
        is_known = np.ones(len(self), np.bool_)
        for owes_others in np.unique(self.whose[~is_own]).tolist():
            found = self.known(owes_others).open_minor(least_days=least_days)
            minor[owes_others], is_known[owes_others] = found or 0, found is not None
        return minor, is_known


def by_number(days: Ints, whose: Ints, numbers: Sequence[str]) -> Ints:
    """Return the order in which, of a customer's invoices of one day, the lower number is in front."""
    order = np.arange(len(days))
    same = np.flatnonzero((days[1:] == days[:-1]) & (whose[1:] == whose[:-1]))  # few share both
    firsts = same[np.diff(same, prepend=-2) > 1]
    lasts = same[np.diff(same, append=len(order) + 1) > 1] + 1
    for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
        order[first : last + 1] = sorted(range(first, last + 1), key=numbers.__getitem__)
    return order


def choices_of(policy: Policy, debtors: Debtors) -> tuple[Ints, list[Choice]]:
    """Return the segments and cadences that are chosen, and which of them is each customer's.

    Rules are asked once for all whose facts they cannot tell apart.
    """
    if not len(debtors):
        return debtors.starts, []
    marks = Marks(policy)
    asked = [column for name in sorted({"segment", *policy.fields_asked}) for column in _KEYS[name](debtors, marks)]
    kind, first = kinds(*asked)
    return kind, [choose(policy, debtors.known(place)) for place in first.tolist()]


class Marks:
    """Between which values of a policy's rules an amount or a number lies, as whole numbers of its smallest unit."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def places(self, name: str, values: Ints, currency: str = "") -> Ints:
        """Return the same for values of which every rule says the same."""
        # Two ends for each mark, be they the same: so a place means the same in every currency.
        ends = sorted(max(-_FARTHEST, min(_FARTHEST, end)) for end in self._of(name, currency))
        return np.searchsorted(numbered(ends), values, side="right").astype(np.int64)

    def known(self, name: str, values: Sequence[int | None]) -> Ints:
        """Return the same, -1 for those that are not known."""
        is_known = flagged([value is not None for value in values])
        found = self.places(name, numbered([value or 0 for value in values]))
        return np.where(is_known, found, -1)

    def amounts(self, name: str, minor: Ints, everyone: People) -> Ints:
        """Return the same of what each customer owes in its own currency."""
        codes, currencies = coded(everyone.column("currency").tolist(), len(everyone))
        found = np.zeros(len(everyone), np.int64)
        for code, currency in enumerate(currencies):
            places = np.flatnonzero(codes == code)
            found[places] = self.places(name, minor[places], currency)
        return found

    def _of(self, name: str, currency: str) -> Iterator[int]:
        places = exponent(currency) if currency else 0
        for mark in self._policy.marks.get(name, []):
            scaled = mark.scaleb(places)
            yield int(scaled.to_integral_value(ROUND_CEILING))  # from here on it is reached
            yield int(scaled.to_integral_value(ROUND_FLOOR)) + 1  # and from here on passed


def _words(name: str) -> Callable[[Debtors, Marks], list[Ints]]:
    """Return what tells the words of customers apart."""
    return lambda debtors, _: [coded(debtors.everyone.column(name).tolist(), len(debtors))[0]]


def _number(name: str, field: str) -> Callable[[Debtors, Marks], list[Ints]]:
    """Return what tells numbers that stand on the customer's record apart."""
    return lambda debtors, marks: [marks.known(name, debtors.everyone.column(field).tolist())]


def _credit_use(debtors: Debtors, _marks: Marks) -> list[Ints]:
    limits = debtors.everyone.column("limit_minor").tolist()
    opened, is_known = debtors.own_open()
    is_limited: Flags = flagged([limit is not None for limit in limits]) & is_known
    used = np.where(is_limited, opened, 0)
    return [is_limited.astype(np.int64), used, np.where(is_limited, numbered([limit or 0 for limit in limits]), 0)]


def _amount(name: str, least_days: int | None = None) -> Callable[[Debtors, Marks], list[Ints]]:
    """Return what tells amounts apart; what is not known is alike."""

    def told(debtors: Debtors, marks: Marks) -> list[Ints]:
        minor, is_known = debtors.own_open(least_days=least_days)
        return [np.where(is_known, marks.amounts(name, minor, debtors.everyone), -1)]

    return told


_KEYS: Mapping[str, Callable[[Debtors, Marks], list[Ints]]] = {
    "payer_score": lambda debtors, marks: [
        marks.known("payer_score", list(map(debtors.facts.scores.get, debtors.everyone.ids.tolist())))
    ],
    "external_score": _number("external_score", "external_score"),
    "payment_terms_days": _number("payment_terms_days", "terms_days"),
    "oldest_days_overdue": lambda debtors, marks: [marks.places("oldest_days_overdue", debtors.oldest_days)],
    "open": _amount("open"),
    "overdue": _amount("overdue", 1),
    "credit_use": _credit_use,
    **{name: _words(name) for name in ("country", "language", "currency", "company", "tags", "segment")},
}
