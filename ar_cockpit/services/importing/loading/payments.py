"""Payments: new ones are added, changed ones taken over; what was allocated on a payment's day moves with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import update
from sqlmodel import col, select

from ar_cockpit.db.bulk import among, insert, write
from ar_cockpit.db.queries.loading import Key, KnownCustomer, allocations_of_payments, rows_by_key
from ar_cockpit.db.tables import AllocationRow, PaymentRow
from ar_cockpit.domain.folded import Coded
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.importing.records import Batch, PaymentRecord, Reason, Table, columns_of
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.customer_lookup import CustomerLookup
from ar_cockpit.services.importing.loading.plain import Told, plain, summed, words_of


class _Known(NamedTuple):
    """A payment as the ledger has it."""

    payment_id: int
    unapplied_minor: int
    customer_id: int
    paid_on: date
    amount_minor: int
    currency: str
    reference: str
    method: str
    custom: dict[str, Any]

    @property
    def applied_minor(self) -> int:
        """What of it is allocated."""
        return self.amount_minor - self.unapplied_minor


_NUMBER, _CUSTOMER = map(PaymentRecord._fields.index, ("number", "customer"))
_VALUES = _Known._fields[2:]
_WRITTEN = ("company_id", "number", *_VALUES, "unapplied_minor", "import_batch_id")


@dataclass(slots=True)
class _Taken:
    record: PaymentRecord
    key: Key
    values: tuple[Any, ...]
    before: _Known | None


def load_payments(loading: Loading, batch: Batch[PaymentRecord]) -> None:
    """Load one batch of a payment file."""
    loading.take_rejects(batch.rejects)
    loading.tally.warnings.extend(batch.warnings)
    columns = columns_of(batch.records) if batch.records else [()] * len(PaymentRecord._fields)
    customers = CustomerLookup(loading, columns[_CUSTOMER])
    numbers = () if loading.was_empty(PaymentRow) else columns[_NUMBER]
    rows = rows_by_key(loading.session, PaymentRow, "number", numbers, ("id", "unapplied_minor", *_VALUES))
    known = {key: _Known._make((*row[:-1], row[-1] or {})) for key, row in rows.items()}
    if not _take_plain(loading, batch.records, customers, known):
        _write(loading, _decide_all(loading, batch, customers, known))


def _take_plain(
    loading: Loading, records: Sequence[PaymentRecord], lookup: CustomerLookup, known: dict[Key, _Known]
) -> bool:
    """Write the records at once if none of them needs a decision; return whether it was so."""
    if not records:
        return False
    _, numbers, customers, paid, amounts, currencies, companies, references, methods, custom = columns_of(records)
    found = plain(loading, lookup, Told(numbers, customers, companies, currencies, amounts), known)
    if found is None:
        return False
    values: tuple[Sequence[Any], ...] = (
        *(found.company_ids, numbers, found.customer_ids, paid, found.minors),
        *(found.currencies, words_of(references), words_of(methods), custom, found.minors),
        Coded.same(loading.batch_id, len(records)),
    )
    insert(loading.session, PaymentRow, dict(zip(_WRITTEN, values, strict=True)))
    loading.tally.note(Table.PAYMENTS, "created", len(records))
    return True


def _decide_all(
    loading: Loading, batch: Batch[PaymentRecord], customers: CustomerLookup, known: dict[Key, _Known]
) -> list[_Taken]:
    """Account for every record; nearly all are new, with a key of their own: they are counted together."""
    taken: list[_Taken] = []
    alike: dict[str, list[Decimal]] = {}
    for record, cells in zip(batch.records, batch.cells, strict=True):
        customer = customers.find(record.company, record.customer)
        if isinstance(customer, KnownCustomer):
            currency, key = record.currency or customer.currency, (customer.company_id, record.number)
            minor = loading.exact_minor(record.amount, currency)
            if minor is not None and key not in known and not loading.may_repeat(record.number):
                alike.setdefault(currency, []).append(record.amount)
                words = (record.reference or "", record.method or "", record.custom)
                values = (customer.customer_id, record.paid_on, minor, currency, *words)
                taken.append(_Taken(record, key, values, None))
                continue
        one = _decide(loading, record, cells, customer, known)
        if one:
            taken.append(one)
    loading.tally.take_all(summed(alike))
    loading.touched.update(one.key[0] for one in taken)
    return taken


def _decide(
    loading: Loading,
    record: PaymentRecord,
    cells: Sequence[str],
    customer: KnownCustomer | Reason,
    known: dict[Key, _Known],
) -> _Taken | None:
    """Account for one record; return it when it is to be written."""
    currency = record.currency or (loading.defaults.currency if isinstance(customer, Reason) else customer.currency)
    minor = loading.minor(record.amount, currency)
    amount = record.amount if isinstance(minor, Reason) else loading.exact(record.amount, minor, currency)
    loading.tally.read(amount, currency)
    if isinstance(customer, Reason) or isinstance(minor, Reason):
        fault = ("customer_id", customer) if isinstance(customer, Reason) else ("amount", str(minor))
        loading.quarantine(record, cells, *fault, amount, currency)
        return None
    key = (customer.company_id, record.number)
    may_repeat = loading.may_repeat(record.number)
    same = loading.same_key(key, record) if may_repeat else None
    before = known.get(key)
    reason = _contradiction(same, minor, currency, before) if same or before else None
    if reason:
        loading.quarantine(record, cells, *reason, amount, currency)
        return None
    loading.tally.imported.add(amount, currency)
    if same:
        loading.tally.note(Table.PAYMENTS, "unchanged")
        return None
    loading.remember(key, record, customer.company_id, may_repeat=may_repeat)
    return _Taken(record, key, _values(loading, record, customer, minor, currency, before), before)


def _contradiction(
    same: tuple[int, bool] | None, minor: int, currency: str, before: _Known | None
) -> tuple[str, str] | None:
    if same and not same[1]:
        return "payment_id", f"Already on line {same[0]} with other contents"
    if before is None or not before.applied_minor:
        return None
    applied = f"{decimal_string(before.applied_minor, before.currency)} {before.currency} of it are allocated"
    if currency != before.currency:
        return "currency", applied
    left = minor - before.applied_minor
    if left and (left < 0) != (minor < 0):
        return "amount", applied
    return None


def _values(
    loading: Loading,
    record: PaymentRecord,
    customer: KnownCustomer,
    minor: int,
    currency: str,
    before: _Known | None,
) -> tuple[Any, ...]:
    reference, method = record.reference or "", record.method or ""
    custom = record.custom
    if before:
        reference = reference if loading.file.has("reference") else before.reference
        method = method if loading.file.has("method") else before.method
        custom = loading.merged(before.custom, custom)
    return (customer.customer_id, record.paid_on, minor, currency, reference, method, custom)


def _write(loading: Loading, taken: Sequence[_Taken]) -> None:
    rows, moved, changed, outcomes = [], [], [], []
    for one in taken:
        before = one.before
        if before and one.values == before[2:]:
            outcomes.append("unchanged")
            continue
        outcomes.append("updated" if before else "created")
        unapplied = one.values[2] - (before.applied_minor if before else 0)
        rows.append((before is None, (*one.key, *one.values, unapplied, loading.batch_id)))
        if before:
            changed.append(before.payment_id)
        if before and before.paid_on != one.record.paid_on:
            moved.append((before, one.record.paid_on))
    loading.tally.note_all(Table.PAYMENTS, outcomes)
    journal.note(loading, PaymentRow, changed)
    write(loading.session, PaymentRow, _WRITTEN, rows, ("company_id", "number"), ("import_batch_id",))
    if moved:
        _move_allocations(loading, moved)


def _move_allocations(loading: Loading, moved: Sequence[tuple[_Known, date]]) -> None:
    """Give allocations that carried the payment's former date the new one."""
    session = loading.session
    dates = {before.payment_id: (before.paid_on, paid_on) for before, paid_on in moved}
    allocations = allocations_of_payments(session, list(dates))
    taken = {(one.payment_id, one.invoice_id, one.allocated_on) for one in allocations}
    follow = [
        one.allocation_id
        for one in allocations
        if one.allocated_on == dates[one.payment_id][0]
        and (one.payment_id, one.invoice_id, dates[one.payment_id][1]) not in taken
    ]
    journal.note(loading, AllocationRow, follow)
    journal.note_disputes_that_may_end(loading, {one.invoice_id for one in allocations})
    paid_on = (
        select(col(PaymentRow.paid_on)).where(col(PaymentRow.id) == col(AllocationRow.payment_id)).scalar_subquery()
    )
    session.execute(
        update(AllocationRow)
        .where(among(session, col(AllocationRow.id), follow))
        .values(allocated_on=paid_on)
        .execution_options(synchronize_session=False)
    )
    refresh_open(session, {one.invoice_id for one in allocations}, set())
