"""How much of the receivables lies with how few debtors: a group of customers is one of them. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from ar_cockpit.domain.figures.kpis import ratio

TOPS = (1, 5, 10, 20)
_MOST_OF_IT = 80  # per cent


@dataclass(frozen=True, slots=True)
class Concentration:
    """The largest debtors' share of what all owe; credit balances are left out."""

    debtors: int
    shares: dict[int, float | None]  # of the so many largest
    most_of_it: int  # how many debtors owe 80 % of it


def by_debtor(balances: Iterable[tuple[int, int]], heads: Mapping[int, int]) -> dict[int, int]:
    """Return what customers owe with their groups added up; ``heads`` tells who stands for each member of one."""
    owed: dict[int, int] = {}
    for customer_id, minor in balances:
        debtor = heads.get(customer_id, customer_id)
        owed[debtor] = owed.get(debtor, 0) + minor
    return owed


def concentration(balances: Iterable[int]) -> Concentration:
    """Return the concentration of balances in minor units of one currency."""
    owed = sorted((minor for minor in balances if minor > 0), reverse=True)
    whole, sums = sum(owed), list(accumulate(owed))
    shares = {top: ratio(sums[min(top, len(sums)) - 1], whole) if sums else None for top in TOPS}
    most = bisect_left(sums, -(-whole * _MOST_OF_IT // 100)) + 1 if sums else 0
    return Concentration(len(owed), shares, most)
