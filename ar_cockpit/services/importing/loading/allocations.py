"""Allocations: what of a payment goes to which invoice, never more than is left of either."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ar_cockpit.db.bulk import insert, upsert
from ar_cockpit.db.queries.loading import (
    KnownAllocation,
    KnownDocument,
    KnownPayment,
    allocations_of_payments,
    documents_by_number,
    payments_by_number,
)
from ar_cockpit.db.tables import AllocationRow
from ar_cockpit.domain.money import decimal_string
from ar_cockpit.importing.records import AllocationRecord, Batch, Reason, Table, columns_of
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.plain_allocations import Columns, plain_allocations

Pair = tuple[AllocationRecord, Sequence[str]]
_PAYMENT, _INVOICE = map(AllocationRecord._fields.index, ("payment", "invoice"))
_COLUMNS = ("company_id", "payment_id", "invoice_id", "amount_minor", "allocated_on", "custom")


class _Fault(NamedTuple):
    """Why a row cannot be taken: the canonical column, the reason, and whether a later row may change that."""

    target: str
    reason: str
    may_pass: bool = False


class _Place(NamedTuple):
    """Where a row belongs: its payment, its document and the amount in minor units."""

    payment: KnownPayment
    document: KnownDocument
    minor: int


def load_allocations(loading: Loading, batch: Batch[AllocationRecord]) -> None:
    """Load one batch of an allocation file; rows that do not fit yet wait for its end."""
    loading.take_rejects(batch.rejects)
    loading.tally.warnings.extend(batch.warnings)
    columns = columns_of(batch.records) if batch.records else [()] * len(AllocationRecord._fields)
    round_ = _Round(loading, columns[_PAYMENT], columns[_INVOICE])
    if not round_.take_plain(batch.records):
        for record, cells in zip(batch.records, batch.cells, strict=True):
            loading.tally.read(record.amount, round_.currency(record))
            round_.take(record, cells)
    round_.write()


def finish_allocations(loading: Loading) -> None:
    """Try the waiting rows again for as long as that helps, then set the rest aside."""
    while loading.deferred:
        waiting, loading.deferred = loading.deferred, []
        records = [record for record, _ in waiting]
        round_ = _Round(loading, [one.payment for one in records], [one.invoice for one in records])
        for record, cells in waiting:
            round_.take(record, cells)
        round_.write()
        if len(loading.deferred) == len(waiting):
            round_.set_aside(waiting)
            loading.deferred = []


class _Round:
    """One pass over some rows, with everything known of them read beforehand."""

    def __init__(self, loading: Loading, payments: Sequence[str], invoices: Sequence[str]) -> None:
        self._loading = loading
        session = loading.session
        self._payments = payments_by_number(session, sorted(set(payments)))
        self._documents = documents_by_number(session, sorted(set(invoices)))
        self._left = {one.payment_id: one.unapplied_minor for many in self._payments.values() for one in many}
        self._open = {one.invoice_id: one.open_minor for one in self._documents.values()}
        self._known: dict[tuple[int, int], list[KnownAllocation]] = {}
        known = [] if loading.was_empty(AllocationRow) else allocations_of_payments(session, list(self._left))
        for one in known:
            self._known.setdefault((one.payment_id, one.invoice_id), []).append(one)
        self._added: list[tuple[object, ...]] = []
        self._updated: list[tuple[Any, ...]] = []
        self._plain: Columns = {}  # those taken all at once
        self._outcomes: list[str] = []
        self._answers: dict[tuple[str, str], KnownPayment | Reason] = {}
        self._touched: tuple[set[int], set[int]] = (set(), set())

    def currency(self, record: AllocationRecord) -> str:
        """Return the currency of the row's payment, as far as it is known."""
        payment = self._payment(record)
        return self._loading.defaults.currency if isinstance(payment, Reason) else payment.currency

    def take(self, record: AllocationRecord, cells: Sequence[str]) -> None:
        """Take the row, let it wait, or set it aside."""
        fault = self._try(record)
        if fault and fault.may_pass:
            self._loading.deferred.append((record, cells))
        elif fault:
            self._quarantine(record, cells, fault)

    def take_plain(self, records: Sequence[AllocationRecord]) -> bool:
        """Take all records at once if none of them needs a decision; return whether it was so."""
        if not self._known:
            self._plain = plain_allocations(self._loading, records, self._payments, self._documents)
            self._touched[0].update(self._plain.get("invoice_id", ()))
            self._touched[1].update(self._plain.get("payment_id", ()))
        return bool(self._plain)

    def set_aside(self, pairs: Sequence[Pair]) -> None:
        """Set aside the rows that no later row made room for."""
        for record, cells in pairs:
            fault = self._try(record)
            if fault:
                self._quarantine(record, cells, fault)

    def write(self) -> None:
        """Write what was taken, and bring open amounts into line."""
        session, batch_id = self._loading.session, self._loading.batch_id
        journal.note(self._loading, AllocationRow, [row[0] for row in self._updated])
        journal.note_disputes_that_may_end(self._loading, self._touched[0])
        upsert(session, AllocationRow, (*_COLUMNS, "import_batch_id"), [(*row, batch_id) for row in self._added])
        insert(session, AllocationRow, self._plain)
        upsert(session, AllocationRow, ("id", *_COLUMNS), self._updated, ("id",))
        self._loading.tally.note_all(Table.ALLOCATIONS, self._outcomes)
        self._outcomes.clear()
        refresh_open(session, *self._touched)

    def _quarantine(self, record: AllocationRecord, cells: Sequence[str], fault: _Fault) -> None:
        currency = self.currency(record)
        self._loading.quarantine(record, cells, fault.target, fault.reason, record.amount, currency)

    def _try(self, record: AllocationRecord) -> _Fault | None:
        """Take ``record`` or return why not."""
        place = self._place(record)
        if isinstance(place, _Fault):
            return place
        payment, document, minor = place
        on = record.allocated_on or payment.paid_on
        key = (payment.payment_id, document.invoice_id, on)
        may_repeat = self._loading.may_repeat(record.payment, record.invoice)
        same = self._loading.same_key(key, record) if may_repeat else None
        if same and not same[1]:
            return _Fault("invoice_number", f"Already on line {same[0]} with other contents")
        before = None if same else self._before(record, key)
        change = 0 if same else minor - (before.amount_minor if before else 0)
        fault = self._too_much(place, change)
        if fault:
            return fault
        self._loading.tally.imported.add(record.amount, payment.currency)
        custom, outcome = record.custom or {}, "created"
        if before:
            custom = self._loading.merged(before.custom or {}, custom)
            is_same = (before.amount_minor, before.allocated_on, before.custom or {}) == (minor, on, custom)
            outcome = "unchanged" if is_same else "updated"
        elif same:
            outcome = "unchanged"
        self._keep(place, (*key, custom), before, change, outcome)
        self._outcomes.append(outcome)
        if not same:
            self._loading.remember(key, record, payment.company_id, may_repeat=may_repeat)
        return None

    def _place(self, record: AllocationRecord) -> _Place | _Fault:
        payment = self._payment(record)
        if isinstance(payment, Reason):
            return _Fault("payment_id", payment)
        document = self._documents.get((payment.company_id, record.invoice))
        if document is None:
            return _Fault("invoice_number", "No such invoice in the payment's company: load invoices first")
        if document.currency != payment.currency:
            return _Fault("invoice_number", f"The invoice is in {document.currency}, the payment in {payment.currency}")
        minor = self._loading.minor(record.amount, payment.currency)
        return _Fault("amount", minor) if isinstance(minor, Reason) else _Place(payment, document, minor)

    def _payment(self, record: AllocationRecord) -> KnownPayment | Reason:
        key = (record.company, record.payment)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._only_payment(record)
        return answer

    def _only_payment(self, record: AllocationRecord) -> KnownPayment | Reason:
        loading = self._loading
        found = [one for one in self._payments.get(record.payment, ()) if loading.may_import_into(one.company_id)]
        code = record.company or loading.chosen_company
        if code:
            company = loading.companies.get(code)
            found = [one for one in found if company and one.company_id == company.company_id]
        if len(found) > 1:
            return Reason("This payment exists in several companies: name the company")
        return found[0] if found else Reason("No such payment: load payments first")

    def _before(self, record: AllocationRecord, key: tuple[int, int, object]) -> KnownAllocation | None:
        """Return the allocation that the row is about: that of its day, or without a day the only one there is."""
        former = self._known.get(key[:2])
        if former is None:
            return None
        known = [one for one in former if (one.payment_id, one.invoice_id, one.allocated_on) not in self._loading.seen]
        of_the_day = next((one for one in known if one.allocated_on == key[2]), None)
        return of_the_day or (known[0] if record.allocated_on is None and len(known) == 1 else None)

    def _too_much(self, place: _Place, change: int) -> _Fault | None:
        payment, document, minor = place
        left, open_minor = self._left[payment.payment_id], self._open[document.invoice_id]
        if minor > 0 > document.amount_minor:
            return _Fault("amount", "Allocations to a credit note are negative")
        if not _is_between(open_minor - change, document.amount_minor):
            shown = decimal_string(open_minor, document.currency)
            return _Fault("amount", f"More than is left of the invoice ({shown} {document.currency})", may_pass=True)
        after = left - change
        if after and (after < 0) != (payment.amount_minor < 0):
            shown = decimal_string(left, payment.currency)
            return _Fault("amount", f"More than is left of the payment ({shown} {payment.currency})", may_pass=True)
        return None

    def _keep(
        self,
        place: _Place,
        what: tuple[int, int, object, object],
        before: KnownAllocation | None,
        change: int,
        outcome: str,
    ) -> None:
        self._left[place.payment.payment_id] -= change
        self._open[place.document.invoice_id] -= change
        if outcome == "unchanged":
            return
        payment_id, invoice_id, on, custom = what
        row = (place.payment.company_id, payment_id, invoice_id, place.minor, on, custom)
        if before:
            self._updated.append((before.allocation_id, *row))
        else:
            self._added.append(row)
        self._touched[0].add(invoice_id)
        self._touched[1].add(payment_id)


def _is_between(value: int, end: int) -> bool:
    return 0 <= value <= end if end >= 0 else end <= value <= 0
