"""The shortcut ``settled_date``: a payment of what is left, on that day, under a key that never changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete
from sqlmodel import col

from ar_cockpit.db.bulk import among, upsert, write
from ar_cockpit.db.queries.loading import Key, allocated_by_others, allocations_of_payments, ids_by_key, rows_by_key
from ar_cockpit.db.tables import AllocationRow, InvoiceRow, PaymentRow
from ar_cockpit.importing.records import Table
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.taken import TakenInvoice

PREFIX = "settled:"
_COMPARED = ("customer_id", "paid_on", "amount_minor", "currency")
_PAYMENT = ("company_id", "number", *_COMPARED, "unapplied_minor", "reference", "method", "import_batch_id")
_ALLOCATION = ("company_id", "payment_id", "invoice_id", "amount_minor", "allocated_on", "import_batch_id")


class _Wanted(NamedTuple):
    """The payment that a settlement date stands for."""

    one: TakenInvoice
    key: Key
    values: tuple[Any, ...]


def paid_by_others(loading: Loading, invoice_ids: Collection[int]) -> dict[int, int]:
    """Return what payments of their own have settled of each invoice."""
    if not invoice_ids or not loading.file.has("settled_date"):
        return {}
    return allocated_by_others(loading.session, invoice_ids, PREFIX)


def settle(loading: Loading, taken: Sequence[TakenInvoice]) -> None:
    """Make, correct or take back the payments that settlement dates stand for, and refresh what is open."""
    changed = [one for one in taken if one.before and one.outcome == "updated"]
    if not loading.file.has("settled_date"):
        _refresh(loading, changed, set())
        return
    wanted = [_wanted(one) for one in taken if one.record.settled_on and one.minor != one.paid_by_others]
    keys = {one.key for one in wanted}
    numbers = [PREFIX + one.record.number for one in taken if one.before or one.record.settled_on]
    known = rows_by_key(loading.session, PaymentRow, "number", numbers, ("id", *_COMPARED))
    gone = {(one.key[0], PREFIX + one.record.number): one for one in taken} if known else {}
    taken_back = [(row[0], gone[key]) for key, row in known.items() if key in gone and key not in keys]
    stale = [one for one in wanted if known.get(one.key, (0,))[1:] != one.values]
    _take_back(loading, taken_back)
    paid = _pay(loading, wanted, stale, known)
    _refresh(loading, [*changed, *(one.one for one in stale), *(one for _, one in taken_back)], paid)


def _wanted(one: TakenInvoice) -> _Wanted:
    amount = one.minor - one.paid_by_others
    values = (one.customer.customer_id, one.record.settled_on, amount, one.currency)
    return _Wanted(one, (one.key[0], PREFIX + one.record.number), values)


def _take_back(loading: Loading, settled: Sequence[tuple[int, TakenInvoice]]) -> None:
    """Take back payments whose invoice the file now calls open."""
    if not settled:
        return
    ids = [payment_id for payment_id, _ in settled]
    session = loading.session
    journal.note(loading, AllocationRow, ids, by="payment_id")
    journal.note(loading, PaymentRow, ids)
    session.execute(delete(AllocationRow).where(among(session, col(AllocationRow.payment_id), ids)))
    session.execute(delete(PaymentRow).where(among(session, col(PaymentRow.id), ids)))
    for _, one in settled:
        one.outcome = "updated"


def _pay(
    loading: Loading, wanted: Sequence[_Wanted], stale: Sequence[_Wanted], known: dict[Key, tuple[Any, ...]]
) -> set[int]:
    """Write the payments that are new or different, each with its one allocation; return their ids."""
    for one in wanted:
        row = known.get(one.key)
        outcome = "created" if row is None else "unchanged" if row[1:] == one.values else "updated"
        loading.tally.note(Table.PAYMENTS, outcome)
        loading.tally.note(Table.ALLOCATIONS, outcome)
    if not stale:
        return set()
    session, batch = loading.session, loading.batch_id
    rows = [(one.key not in known, (*one.key, *one.values, 0, "", "settled", batch)) for one in stale]
    changed = [known[one.key][0] for one in stale if one.key in known]
    journal.note(loading, PaymentRow, changed)
    journal.note(loading, AllocationRow, changed, by="payment_id")
    write(session, PaymentRow, _PAYMENT, rows, ("company_id", "number"), ("import_batch_id",))
    payments = ids_by_key(session, PaymentRow, "number", [one.key[1] for one in stale])
    invoices = ids_by_key(session, InvoiceRow, "number", [one.one.record.number for one in stale])
    former = allocations_of_payments(session, [payments[one.key] for one in stale if one.key in known])
    former_ids = [one.allocation_id for one in former]
    if former_ids:
        session.execute(delete(AllocationRow).where(among(session, col(AllocationRow.id), former_ids)))
    allocations = [
        (one.key[0], payments[one.key], invoices[one.one.key], one.values[2], one.values[1], batch) for one in stale
    ]
    upsert(session, AllocationRow, _ALLOCATION, allocations)
    return {payments[one.key] for one in stale}


def _refresh(loading: Loading, touched: Sequence[TakenInvoice], payment_ids: set[int]) -> None:
    if not touched:
        return
    found = ids_by_key(loading.session, InvoiceRow, "number", [one.record.number for one in touched])
    ids = {found[one.key] for one in touched}
    journal.note_disputes_that_may_end(loading, ids)
    refresh_open(loading.session, ids, payment_ids)
