"""What customers owe on a day and by kind: what is kept of today, or one pass over the ledger of any other day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from heapq import heapify, heappop

import numpy as np
from sqlmodel import Session

from ar_cockpit.db.queries.figures import balances, debtors, owing, packed, parts
from ar_cockpit.db.queries.figures.balances import KindSum
from ar_cockpit.db.queries.figures.packed import Packed
from ar_cockpit.db.queries.figures.parts import Kinds, Traits
from ar_cockpit.db.queries.figures.sums import Slice
from ar_cockpit.db.streaming import narrow
from ar_cockpit.domain.figures.listing import ALL, Part

Balance = tuple[int, int, int]  # a customer, what it owes, and what of it is overdue
Amounts = Iterable[tuple[int, int]]  # customers, each with an amount


@dataclass(frozen=True, slots=True)
class Owed:
    """What customers owe in one currency: each that has open documents, and the sums of each kind."""

    balances: Sequence[Balance]
    by_kind: Mapping[Traits, KindSum]

    @property
    def overdue_documents(self) -> int:
        """The number of documents that the overdue amount is the sum of."""
        return sum(one.overdue_documents for one in self.by_kind.values())

    @property
    def overdue_customers(self) -> int:
        """The number of customers that owe something overdue."""
        return sum(one.overdue_customers for one in self.by_kind.values())

    def overdue(self) -> list[tuple[int, int]]:
        """Return the customers that owe something overdue and how much."""
        return [(customer_id, minor) for customer_id, _, minor in self.balances if minor > 0]


@dataclass(frozen=True, slots=True)
class OwedInAll:
    """What customers owe, by currency; how many of each kind owe anything, every kind there is, and the groups."""

    by_currency: Mapping[str, Owed]
    customers: Mapping[Traits, int]
    every: Sequence[Traits]
    heads: Mapping[int, int]  # of customers in groups: who stands for the group


def owed(session: Session, slices: Mapping[str, Slice], as_of: date, packs: Packed | None = None) -> OwedInAll:
    """Return what the customers of ``slices`` owe: one slice of a currency, or of the same customers in all of them."""
    first = next(iter(slices.values()), None)
    if first is None:
        return OwedInAll({}, {}, (), {})
    heads = debtors.heads(session, first.company_ids)
    if balances.are_kept(session, first.company_ids, as_of):
        return _kept(session, slices, first, heads, packs)
    if packs:
        return _of_packs(session, slices, as_of, packs, heads)
    known = parts.kinds(session, first.company_ids)
    found = {currency: _of_ledger(session, about, known, as_of) for currency, about in slices.items()}
    owing_ids = {customer_id for one in found.values() for customer_id, _, _ in one.balances}
    return OwedInAll(found, Counter(map(known.kind, owing_ids)), known.every, heads)


def balances_of(session: Session, about: Slice, as_of: date) -> Sequence[Balance]:
    """Return what each customer owes in one currency, without its kind."""
    if balances.are_kept(session, about.company_ids, as_of):
        return balances.of_customers(session, about)
    return list(narrow(session, owing.balances(about, as_of)))


def largest_first(amounts: Amounts, at_once: int) -> Iterator[list[tuple[int, int]]]:
    """Yield customers with their amounts, so many at a time, the largest first; few are asked for of very many."""
    left = [(-minor, customer_id) for customer_id, minor in amounts]
    heapify(left)
    while left:
        some = (heappop(left) for _ in range(min(at_once, len(left))))
        yield [(customer_id, -minor) for minor, customer_id in some]


def _kept(
    session: Session, slices: Mapping[str, Slice], first: Slice, heads: Mapping[int, int], packs: Packed | None
) -> OwedInAll:
    sums = balances.by_kind(session, first.company_ids)
    every = {kind for kinds in sums.values() for kind in kinds}
    found = {
        currency: Owed(_balances_kept(session, about, packs), _of_part(sums.get(currency, {}), about.part))
        for currency, about in slices.items()
    }
    customers: Counter[Traits] = Counter()
    for one in found.values():
        for kind, amounts in one.by_kind.items():
            # In all currencies together everybody counts in the first one it owes in.
            customers[kind] += amounts.customers if len(slices) == 1 else amounts.firsts
    return OwedInAll(found, customers, list(every), heads)


def _balances_kept(session: Session, about: Slice, packs: Packed | None) -> Sequence[Balance]:
    if packs is None or packs.chosen is None:
        return balances.of_customers(session, about)
    # Who is meant is known: sooner looked up here than by the database once more.
    is_meant = packs.chosen.tolist()
    return [one for one in balances.of_customers(session, replace(about, part=ALL)) if is_meant[one[0]]]


def _of_part(sums: Mapping[Traits, KindSum], part: Part) -> dict[Traits, KindSum]:
    """Return the sums of kinds with anything to tell of a part of the customers."""
    return {kind: one for kind, one in sums.items() if any(one) and parts.is_kind_of(part, kind)}


def _of_packs(
    session: Session, slices: Mapping[str, Slice], as_of: date, packs: Packed, heads: Mapping[int, int]
) -> OwedInAll:
    """Return what the ledger's packs say: sums by customer, and those by kind."""
    every, kind_of = parts.numbered_kinds(session, next(iter(slices.values())).company_ids)
    found, owing_ids = {}, [np.zeros(0, np.int64)]
    for currency, about in slices.items():
        customers, amounts = packed.owed(packs, about, as_of)
        documents, _, minor, late = amounts[:4]
        owes = documents > 0
        owing_ids.append(customers[owes])
        balances_of_all = zip(*(one[owes].tolist() for one in (customers, minor, late)), strict=True)
        nothing = np.zeros_like(documents)
        told = [owes.astype(np.int64), nothing, (late > 0).astype(np.int64), *amounts[1:]]
        kinds = [packed.summed(kind_of[customers], one, len(every)).tolist() for one in told]
        sums = {kind: KindSum._make(one) for kind, one in zip(every, zip(*kinds, strict=True), strict=True) if any(one)}
        found[currency] = Owed(list(balances_of_all), sums)
    counted = np.bincount(kind_of[np.unique(np.concatenate(owing_ids))], minlength=len(every)).tolist()
    return OwedInAll(found, {kind: count for kind, count in zip(every, counted, strict=True) if count}, every, heads)


def _of_ledger(session: Session, about: Slice, known: Kinds, as_of: date) -> Owed:
    """Return what the ledger says of one currency: a pass over what is open, and one over what the month brought."""
    found: list[Balance] = []
    sums: dict[Traits, list[int]] = {}
    for row in narrow(session, owing.of_slice(about, as_of)):
        customer_id, documents, overdue_documents, minor, late, left, of_due, collected = row
        if documents:
            found.append((customer_id, minor, late))
        told = (int(documents > 0), 0, int(late > 0), overdue_documents, minor, late, left, of_due, collected)
        kind = known.kind(customer_id)
        before = sums.get(kind)
        sums[kind] = list(told) if before is None else [a + b for a, b in zip(before, told, strict=True)]
    return Owed(found, {kind: KindSum._make(told) for kind, told in sums.items() if any(told)})
