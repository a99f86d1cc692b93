"""The customers that owe something, in the order of a plan, with what they owe as columns; and the segment of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Self

import numpy as np

from ar_cockpit.domain.cadence.columns import Flags, Ints, Owing, coded, flagged, kinds, numbered
from ar_cockpit.domain.cadence.plan import Addressee, Choice, CustomerFacts, Known, choose
from ar_cockpit.domain.money import exponent
from ar_cockpit.domain.policy.model import Policy

_FARTHEST = 1 << 62  # marks beyond any amount


@dataclass(frozen=True, slots=True)
class Debtors:
    """Customers in the order of the plan; the invoices of each lie together, the oldest due date first."""

    everyone: Sequence[Addressee]
    owing: Owing
    starts: Ints  # where the invoices of each begin
    facts: CustomerFacts

    @classmethod
    def of(cls, everyone: Sequence[Addressee], owing: Owing, facts: CustomerFacts) -> Self:
        """Return those of ``everyone`` that owe anything; the invoices of others are left out."""
        ids = numbered([one.customer_id for one in everyone])
        by_id = np.argsort(ids)
        if not len(ids) or not len(owing):
            return cls((), Owing.of(()), ids[:0], facts)
        found = by_id[np.minimum(np.searchsorted(ids, owing.owners, sorter=by_id), len(ids) - 1)]
        key = found * (int(owing.days.max()) - int(owing.days.min()) + 1) - owing.days
        order = np.argsort(key, kind="stable")
        order = order[ids[found[order]] == owing.owners[order]]
        who = found[order]
        starts = np.flatnonzero(np.diff(who, prepend=-1))
        return cls([everyone[place] for place in who[starts].tolist()], owing.placed(order), starts, facts)

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self.starts)

    @property
    def ends(self) -> Ints:
        """Where the invoices of each end."""
        return np.append(self.starts[1:], len(self.owing))

    @property
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
        everyone = [self.everyone[place] for place in places.tolist()]
        return Debtors(everyone, self.owing.placed(invoices), starts, self.facts), invoices

    def named(self, numbers: Sequence[str]) -> tuple[Debtors, Ints]:
        """Return the same with the invoices' ``numbers``, and the order: of one day, the lower number is in front."""
        days, whose, order = self.owing.days, self.whose, np.arange(len(self.owing))
        same = np.flatnonzero((days[1:] == days[:-1]) & (whose[1:] == whose[:-1]))  # few share both
        firsts = same[np.diff(same, prepend=-2) > 1]
        lasts = same[np.diff(same, append=len(order) + 1) > 1] + 1
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            order[first : last + 1] = sorted(range(first, last + 1), key=numbers.__getitem__)
        return replace(self, owing=replace(self.owing, numbers=numbers).placed(order)), order

    def own_open(self, *, least_days: int | None = None) -> tuple[Ints, Flags]:
        """Return what each owes in its own currency, so many days overdue if that is given, and of whom it is known.

        Debts in other currencies, which few have, count at the day's rate.
        """
        place = {currency: number for number, currency in enumerate(self.owing.currencies)}
        own = numbered([place.get(one.currency, -1) for one in self.everyone])
        is_own = self.owing.currency == own[self.whose]
        counts = is_own if least_days is None else is_own & (self.owing.days >= least_days)
        minor = np.add.reduceat(np.where(counts, self.owing.minor, 0), self.starts)
        is_known = np.ones(len(self), np.bool_)
        for owes_others in np.unique(self.whose[~is_own]).tolist():
            found = self.known(owes_others).open_minor(least_days=least_days)
            minor[owes_others], is_known[owes_others] = found or 0, found is not None
        return minor, is_known


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

    def amounts(self, name: str, minor: Ints, everyone: Sequence[Addressee]) -> Ints:
        """Return the same of what each customer owes in its own currency."""
        codes, currencies = coded((one.currency for one in everyone), len(everyone))
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


def _words(word: Callable[[Addressee], object]) -> Callable[[Debtors, Marks], list[Ints]]:
    """Return what tells the words of customers apart."""
    return lambda debtors, _: [coded(map(word, debtors.everyone), len(debtors))[0]]


def _credit_use(debtors: Debtors, _marks: Marks) -> list[Ints]:
    limits = [one.limit_minor for one in debtors.everyone]
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
        marks.known("payer_score", [debtors.facts.scores.get(one.customer_id) for one in debtors.everyone])
    ],
    "external_score": lambda debtors, marks: [
        marks.known("external_score", [one.external_score for one in debtors.everyone])
    ],
    "payment_terms_days": lambda debtors, marks: [
        marks.known("payment_terms_days", [one.terms_days for one in debtors.everyone])
    ],
    "oldest_days_overdue": lambda debtors, marks: [marks.places("oldest_days_overdue", debtors.oldest_days)],
    "open": _amount("open"),
    "overdue": _amount("overdue", 1),
    "credit_use": _credit_use,
    "country": _words(lambda one: one.country),
    "language": _words(lambda one: one.language),
    "currency": _words(lambda one: one.currency),
    "company": _words(lambda one: one.company),
    "tags": _words(lambda one: one.tags),
    "segment": _words(lambda one: one.segment),
}
