"""Batches of which nothing needs a decision: new keys, known customers, exact amounts; judged column by column.

Nearly every batch of a large file is one. A single row that is anything else sends its whole batch the usual way.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, cast

from ar_cockpit.db.queries.loading import KnownCustomer
from ar_cockpit.importing.records import Reason
from ar_cockpit.services.importing.loading.context import Loading, units
from ar_cockpit.services.importing.loading.customer_lookup import CustomerLookup

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
    currencies: list[str]
    minors: list[int]


def plain(loading: Loading, lookup: CustomerLookup, told: Told, known: Collection[object]) -> Plain | None:
    """Return the rows' values and account for them, or ``None`` when a row needs to be judged for itself."""
    if known or loading.open_items or loading.may_any_repeat(told.numbers):
        return None
    found = lookup.find_all(told.companies, told.customers)
    if Reason in set(map(type, found)):
        return None
    customers = cast("list[KnownCustomer]", found)
    currencies = list(told.currencies)
    if not all(currencies):
        currencies = [named or one.currency for named, one in zip(currencies, customers, strict=True)]
    minors = exact_minors(told.amounts, currencies)
    if minors is None:
        return None
    loading.tally.take_all(parted(told.amounts, currencies))
    company_ids = list(map(_COMPANY_ID, customers))
    loading.touched.update(company_ids)
    return Plain(customers, company_ids, currencies, minors)


def exact_minors(amounts: Sequence[Decimal], currencies: Sequence[str]) -> list[int] | None:
    """Return the amounts in minor units, or ``None`` when one is no whole number of them."""
    by_currency = {currency: units(currency) for currency in set(currencies)}
    scaled = list(map(operator.mul, amounts, map(by_currency.__getitem__, currencies)))
    minors = list(map(int, scaled))
    return minors if minors == scaled else None


def parted(amounts: Sequence[Decimal], currencies: Sequence[str]) -> Mapping[str, Sequence[Decimal]]:
    """Return the amounts of each currency."""
    if len(set(currencies)) == 1:
        return {currencies[0]: amounts}
    parted: dict[str, list[Decimal]] = {currency: [] for currency in dict.fromkeys(currencies)}
    for amount, currency in zip(amounts, currencies, strict=True):
        parted[currency].append(amount)
    return parted
