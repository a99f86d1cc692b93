"""Invoices and credit notes: new ones are added, changed ones taken over, contradictions set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ar_cockpit.db.bulk import insert, write
from ar_cockpit.db.queries.loading import KnownCustomer, rows_by_key
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.domain.folded import Coded, different
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.importing.records import Batch, InvoiceRecord, Reason, Table, columns_of
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading import disputes, settled
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.customer_lookup import CustomerLookup
from ar_cockpit.services.importing.loading.customers import make_customers
from ar_cockpit.services.importing.loading.plain import Told, plain, summed, words_of
from ar_cockpit.services.importing.loading.taken import KnownInvoice, TakenInvoice

_NUMBER, _CUSTOMER = map(InvoiceRecord._fields.index, ("number", "customer"))
_VALUES = KnownInvoice._fields[2:]
_WRITTEN = ("company_id", "number", *_VALUES, "open_minor", "closed_on", "import_batch_id")


def load_invoices(loading: Loading, batch: Batch[InvoiceRecord]) -> None:
    """Load one batch of an invoice file."""
    loading.take_rejects(batch.rejects)
    loading.tally.warnings.extend(batch.warnings)
    if batch.customers:
        make_customers(loading, batch.customers)
    judge = _Judge(loading, batch.records)
    if judge.take_plain(batch.records):
        return
    taken = judge.decide_all(batch.records, batch.cells)
    _write(loading, taken)
    settled.settle(loading, taken)
    disputes.flag(loading, taken)
    loading.tally.note_all(Table.INVOICES, (one.outcome for one in taken))


class _Judge:
    """Decides row by row what is taken, with everything known of the batch read beforehand."""

    def __init__(self, loading: Loading, records: Sequence[InvoiceRecord]) -> None:
        self._loading = loading
        columns = columns_of(records) if records else [()] * len(InvoiceRecord._fields)
        self._customers = CustomerLookup(loading, columns[_CUSTOMER])
        numbers = () if loading.was_empty(InvoiceRow) else columns[_NUMBER]
        rows = rows_by_key(loading.session, InvoiceRow, "number", numbers, ("id", "open_minor", *_VALUES))
        self._known = {key: KnownInvoice(*row) for key, row in rows.items()}
        ids = [one.invoice_id for one in self._known.values()]
        self._others = settled.paid_by_others(loading, ids)

    def take_plain(self, records: Sequence[InvoiceRecord]) -> bool:
        """Write the records at once if none of them needs a decision; return whether it was so."""
        loading = self._loading
        if not records or any(map(loading.file.has, ("settled_date", "disputed"))):
            return False
        columns = columns_of(records)
        _, numbers, customers, issued, due, amounts, currencies, companies, kinds, orders, words, _, _, custom = columns
        told = Told(numbers, customers, companies, currencies, amounts)
        found = plain(loading, self._customers, told, self._known)
        if found is None:
            return False
        if None in different(due):
            terms = [timedelta(days=one.payment_terms_days) for one in found.customers]
            due = tuple(on or day + days for on, day, days in zip(due, issued, terms, strict=True))
        values: tuple[Sequence[Any], ...] = (
            *(found.company_ids, numbers, found.customer_ids, kinds, issued, due),
            *(found.minors, found.currencies, words_of(orders), words_of(words), custom, found.minors),
            *(_closed(found.minors, issued), Coded.same(loading.batch_id, len(records))),
        )
        insert(loading.session, InvoiceRow, dict(zip(_WRITTEN, values, strict=True)))
        loading.tally.note(Table.INVOICES, "created", len(records))
        return True

    def decide_all(self, records: Sequence[InvoiceRecord], cells: Sequence[Sequence[str]]) -> list[TakenInvoice]:
        """Account for every record; return those to be written.

        Nearly all are new, with a key of their own and an exact amount: they are counted together.
        """
        loading, known, taken = self._loading, self._known, []
        alike: dict[str, list[Decimal]] = {}
        for record, written in zip(records, cells, strict=True):
            customer = self._customers.find(record.company, record.customer)
            if isinstance(customer, KnownCustomer):
                currency, key = record.currency or customer.currency, (customer.company_id, record.number)
                minor = loading.exact_minor(record.amount, currency)
                if minor is not None and key not in known and not loading.may_repeat(record.number):
                    alike.setdefault(currency, []).append(record.amount)
                    taken.append(TakenInvoice(record, key, customer, minor, currency, None, 0))
                    continue
            if one := self.decide(record, written):
                taken.append(one)
        loading.tally.take_all(summed(alike))
        loading.touched.update(one.key[0] for one in taken)
        return taken

    def decide(self, record: InvoiceRecord, cells: Sequence[str]) -> TakenInvoice | None:
        """Account for one record; return it when it is to be written."""
        loading = self._loading
        customer = self._customers.find(record.company, record.customer)
        if isinstance(customer, Reason):
            self._refuse(record, cells, "customer_id", customer, record.currency or loading.defaults.currency)
            return None
        currency = record.currency or customer.currency
        minor = loading.minor(record.amount, currency)
        if isinstance(minor, Reason):
            self._refuse(record, cells, "amount", minor, currency)
            return None
        return self._judge(record, cells, customer, minor, currency)

    def _refuse(self, record: InvoiceRecord, cells: Sequence[str], target: str, reason: str, currency: str) -> None:
        self._loading.tally.read(record.amount, currency)
        self._loading.quarantine(record, cells, target, reason, record.amount, currency)

    def _judge(
        self, record: InvoiceRecord, cells: Sequence[str], customer: KnownCustomer, minor: int, currency: str
    ) -> TakenInvoice | None:
        loading, key = self._loading, (customer.company_id, record.number)
        amount = loading.exact(record.amount, minor, currency)
        loading.tally.read(amount, currency)
        known = self._known.get(key)
        paid = self._paid(known) if known else 0
        may_repeat = loading.may_repeat(record.number)
        before = loading.same_key(key, record) if may_repeat else None
        if loading.open_items and not before:
            minor, remark = loading.open_items.gross(known, minor, currency)
            if remark:
                loading.warn(record, cells, "amount", remark)
        fault = _twice(before) or _contradiction(minor, currency, known, paid) if before or known else None
        if fault:
            loading.quarantine(record, cells, fault[0], fault[1], amount, currency)
            return None
        loading.tally.imported.add(amount, currency)
        if before:
            loading.tally.note(Table.INVOICES, "unchanged")
            return None
        loading.remember(key, record, customer.company_id, may_repeat=may_repeat)
        if amount is not record.amount and amount != record.amount:
            loading.warn(record, cells, "amount", f"Rounded to {amount:f}")
        return TakenInvoice(record, key, customer, minor, currency, known, paid)

    def _paid(self, known: KnownInvoice) -> int:
        if self._loading.file.has("settled_date"):
            return self._others.get(known.invoice_id, 0)
        return known.settled_minor


def _closed(minors: Sequence[int], issued: Sequence[date]) -> Sequence[date]:
    """Return when each is settled: documents of nothing are with their issue."""
    if all(minors):
        return Coded.same(OPEN_END, len(minors))
    return [OPEN_END if minor else day for minor, day in zip(minors, issued, strict=True)]


def _twice(before: tuple[int, bool] | None) -> tuple[str, str] | None:
    if before and not before[1]:
        return "invoice_number", f"Already on line {before[0]} with other contents"
    return None


def _contradiction(minor: int, currency: str, known: KnownInvoice | None, paid: int) -> tuple[str, str] | None:
    """Return the column and reason when what is applied to the invoice does not fit what the file says."""
    if known is None or not paid:
        return None
    applied = f"Payments of {decimal_string(paid, known.currency)} {known.currency} are applied to it"
    if currency != known.currency:
        return "currency", applied
    if paid * minor <= 0 or abs(paid) > abs(minor):
        return "amount", applied
    return None


def _write(loading: Loading, taken: Sequence[TakenInvoice]) -> None:
    rows: list[tuple[bool, tuple[Any, ...]]] = []
    for one in taken:
        before, minor = one.before, one.minor
        values = _values(loading, one) if before else _new_values(one)
        if before and values == before[2:]:
            one.outcome = "unchanged"
            continue
        open_minor = minor
        if before:
            one.outcome, open_minor = "updated", minor - before.settled_minor
        closed_on = OPEN_END if open_minor else one.record.invoice_on
        rows.append((before is None, (*one.key, *values, open_minor, closed_on, loading.batch_id)))
    changed = [one.before.invoice_id for one in taken if one.before and one.outcome == "updated"]
    journal.note(loading, InvoiceRow, changed)
    write(loading.session, InvoiceRow, _WRITTEN, rows, ("company_id", "number"), ("import_batch_id",))


def _new_values(one: TakenInvoice) -> tuple[Any, ...]:
    """Return the values of ``_VALUES`` of an invoice that the ledger does not have yet."""
    _, _, _, invoice_on, due_on, _, _, _, kind, po_number, description, _, _, custom = one.record
    customer = one.customer
    due_on = due_on or invoice_on + timedelta(days=customer.payment_terms_days)
    told = (invoice_on, due_on, one.minor, one.currency, po_number or "", description or "", custom)
    return (customer.customer_id, kind, *told)


def _values(loading: Loading, one: TakenInvoice) -> tuple[Any, ...]:
    """Return the values of ``_VALUES`` of a known invoice; what the file does not mention stays as it is."""
    record, before = one.record, one.before
    po_number, description, custom = record.po_number or "", record.description or "", record.custom
    if before:
        has = loading.file.has
        po_number = po_number if has("po_number") else before.po_number
        description = description if has("description") else before.description
        custom = loading.merged(before.custom, custom)
    due_on = _due_on(loading, one)
    return (
        one.customer.customer_id,
        record.kind,
        record.invoice_on,
        due_on,
        one.minor,
        one.currency,
        po_number,
        description,
        custom,
    )


def _due_on(loading: Loading, one: TakenInvoice) -> date:
    """Return the due date told, else by the customer's terms; a known one moves with its invoice's date only."""
    if one.record.due_on:
        return one.record.due_on
    if one.before and not loading.file.has("due_date"):
        return one.before.due_on + (one.record.invoice_on - one.before.invoice_on)
    return one.record.invoice_on + timedelta(days=one.customer.payment_terms_days)
