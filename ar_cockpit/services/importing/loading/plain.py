"""Batches of which nothing needs a decision: new keys, known customers, exact amounts; judged column by column.

Nearly every batch of a large file is one. A single row that is anything else sends its whole batch the usual way.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, localcontext
from itertools import compress
from typing import Any, NamedTuple, cast

from ar_cockpit.db.queries.loading import KnownCustomer
from ar_cockpit.domain.folded import Amounts, Coded, different, kinds_of, mapped
from ar_cockpit.importing.records import Reason
from ar_cockpit.services.importing.loading.context import Loading, units
from ar_cockpit.services.importing.loading.customer_lookup import CustomerLookup
from ar_cockpit.services.importing.loading.tally import EXACT

_CUSTOMER_ID = operator.itemgetter(KnownCustomer._fields.index("customer_id"))
_COMPANY_ID = operator.itemgetter(KnownCustomer._fields.index("company_id"))


class Told(NamedTuple):
    """What the rows of invoices and of payments have in common, by column."""

    numbers: Sequence[str]
    customers: Sequence[str]
    companies: Sequence[str]
    currencies: Sequence[str]
    amounts: Sequence[Decimal]


class Plain(NamedTuple):
    """The same as the ledger writes it."""

    customers: list[KnownCustomer]
    company_ids: list[int]
    customer_ids: list[int]
    currencies: Sequence[str]
    minors: Sequence[int]


def plain(loading: Loading, lookup: CustomerLookup, told: Told, known: Collection[object]) -> Plain | None:
    """Return the rows' values and account for them, or ``None`` when a row needs to be judged for itself."""
    if known or loading.open_items or loading.may_any_repeat(told.numbers):
        return None
    found = lookup.find_all(told.companies, told.customers)
    if Reason in set(map(type, found)):
        return None
    customers = cast("list[KnownCustomer]", found)
    currencies = told.currencies
    if not all(different(currencies)):
        currencies = [named or one.currency for named, one in zip(currencies, customers, strict=True)]
    minors = exact_minors(told.amounts, currencies)
    if minors is None:
        return None
    loading.tally.take_all(sums(told.amounts, currencies))
    company_ids = list(map(_COMPANY_ID, customers))
    loading.touched.update(company_ids)
    return Plain(customers, company_ids, list(map(_CUSTOMER_ID, customers)), currencies, minors)


def exact_minors(amounts: Sequence[Decimal], currencies: Sequence[str]) -> Sequence[int] | None:
    """Return the amounts in minor units, or ``None`` when one is no whole number of them."""
    by_currency = {currency: units(currency) for currency in set(different(currencies))}
    if isinstance(amounts, Amounts) and set(by_currency.values()) == {Decimal(10**amounts.digits)}:
        return amounts.scaled
    scaled = list(map(operator.mul, amounts, map(by_currency.__getitem__, currencies)))
    minors = list(map(int, scaled))
    return minors if minors == scaled else None


def sums(amounts: Sequence[Decimal], currencies: Sequence[str]) -> Mapping[str, tuple[int, Decimal]]:
    """Return how many amounts there are of each currency, and their sum."""
    numbers, add = (amounts.scaled, amounts.total) if isinstance(amounts, Amounts) else (amounts, Decimal)
    with localcontext(EXACT):
        parted = _parted(numbers, currencies)
        return {currency: (len(some), add(sum(some))) for currency, some in parted.items()}


def summed(amounts: Mapping[str, Sequence[Decimal]]) -> Mapping[str, tuple[int, Decimal]]:
    """Return how many amounts are told of each currency, and their sum."""
    with localcontext(EXACT):
        return {currency: (len(some), sum(some, Decimal(0))) for currency, some in amounts.items()}


def words_of(column: Sequence[str | None]) -> Sequence[str]:
    """Return words that the ledger keeps, empty where nothing is told."""
    return cast("Sequence[str]", column) if kinds_of(column) == {str} else mapped(column, _word)


def _word(told: str | None) -> str:
    return told or ""


def _parted(numbers: Sequence[Any], currencies: Sequence[str]) -> Mapping[str, Sequence[Any]]:
    if isinstance(currencies, Coded):
        found = {one: list(compress(numbers, currencies.of(place))) for place, one in enumerate(currencies.values)}
        return {currency: some for currency, some in found.items() if some}
    parted: dict[str, list[Any]] = {currency: [] for currency in dict.fromkeys(currencies)}
    if len(parted) == 1:
        return {currencies[0]: numbers}
    for number, currency in zip(numbers, currencies, strict=True):
        parted[currency].append(number)
    return parted
