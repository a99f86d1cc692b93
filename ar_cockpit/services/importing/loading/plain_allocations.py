"""Allocations of which none needs a decision: new, positive, and with room for all of them; judged column by column.

Where there is room for all of them together, there was room for each. A single row that is anything else sends its
whole batch the usual way.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ar_cockpit.db.queries.loading import Key, KnownDocument, KnownPayment
from ar_cockpit.domain.folded import Coded
from ar_cockpit.importing.records import AllocationRecord, Table, columns_of
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.plain import exact_minors, sums

Columns = dict[str, Sequence[Any]]
_COMPANY_ID = operator.itemgetter(KnownPayment._fields.index("company_id"))


def plain_allocations(
    loading: Loading,
    records: Sequence[AllocationRecord],
    payments: Mapping[str, Sequence[KnownPayment]],
    documents: Mapping[Key, KnownDocument],
) -> Columns:
    """Return the rows as the ledger writes them and account for them; nothing when a row is to be judged for itself."""
    if not records:
        return {}
    _, numbers, invoices, amounts, dates, companies, custom = columns_of(records)
    if loading.may_any_repeat(zip(numbers, invoices, strict=True)):
        return {}
    found = _only_payments(loading, payments, numbers, companies)
    company_ids, currencies = [one.company_id for one in found], [one.currency for one in found]
    meant = list(map(documents.get, zip(company_ids, invoices, strict=False)))
    if not found or not all(meant):
        return {}
    settled = cast("list[KnownDocument]", meant)
    minors = exact_minors(amounts, currencies)
    if minors is None or not _is_room(found, settled, minors):
        return {}
    loading.tally.take_all(sums(amounts, currencies))
    loading.tally.note(Table.ALLOCATIONS, "created", len(minors))
    loading.touched.update(company_ids)
    return {
        "company_id": company_ids,
        "payment_id": [one.payment_id for one in found],
        "invoice_id": [one.invoice_id for one in settled],
        "amount_minor": minors,
        "allocated_on": [on or one.paid_on for on, one in zip(dates, found, strict=True)],
        "custom": custom,
        "import_batch_id": Coded.same(loading.batch_id, len(minors)),
    }


def _only_payments(
    loading: Loading, known: Mapping[str, Sequence[KnownPayment]], numbers: Sequence[str], companies: Sequence[str]
) -> list[KnownPayment]:
    """Return the payments with these numbers if each is the only one and is meant, else nothing."""
    found = list(map(known.get, numbers))
    if not all(found):
        return []
    many = cast("list[Sequence[KnownPayment]]", found)
    if max(map(len, many)) > 1:
        return []
    payments = [one[0] for one in many]
    pairs = set(zip(companies, map(_COMPANY_ID, payments), strict=True))
    return payments if all(_is_meant(loading, *pair) for pair in pairs) else []


def _is_meant(loading: Loading, named: str, company_id: int) -> bool:
    """Whether a row that names this company, or none, can mean a payment of that one."""
    code = named or loading.chosen_company
    known = loading.companies.get(code)
    is_it = known is not None and known.company_id == company_id if code else True
    return is_it and loading.may_import_into(company_id)


def _is_room(payments: Sequence[KnownPayment], documents: Sequence[KnownDocument], minors: Sequence[int]) -> bool:
    """Whether there is room for all of these amounts, which are positive and in their documents' currencies."""
    if min(minors) <= 0 or [one.currency for one in payments] != [one.currency for one in documents]:
        return False
    left = {one.payment_id: one.unapplied_minor for one in payments}
    still_open = {one.invoice_id: one.open_minor for one in documents}
    return _fit([one.payment_id for one in payments], minors, left) and _fit(
        [one.invoice_id for one in documents], minors, still_open
    )


def _fit(ids: Sequence[int], minors: Sequence[int], room: Mapping[int, int]) -> bool:
    if len(room) == len(ids):
        return all(map(operator.le, minors, map(room.__getitem__, ids)))
    used = Counter[int]()
    for one, minor in zip(ids, minors, strict=True):
        used[one] += minor
    return all(room[one] >= minor for one, minor in used.items())
