"""Allocations: what of a payment goes to which invoice, never more than is left of either."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, cast

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
from ar_cockpit.importing.records import AllocationRecord, Batch, Reason, Table
from ar_cockpit.services.cash import refresh_open
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.plain import exact_minors, parted

Pair = tuple[AllocationRecord, Sequence[str]]
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
    pairs = list(zip(batch.records, batch.cells, strict=True))
    round_ = _Round(loading, pairs)
    if not round_.take_plain(batch.records):
        for record, cells in pairs:
            loading.tally.read(record.amount, round_.currency(record))
            round_.take(record, cells)
    round_.write()


def finish_allocations(loading: Loading) -> None:
    """Try the waiting rows again for as long as that helps, then set the rest aside."""
    while loading.deferred:
        waiting, loading.deferred = loading.deferred, []
        round_ = _Round(loading, waiting)
        for record, cells in waiting:
            round_.take(record, cells)
        round_.write()
        if len(loading.deferred) == len(waiting):
            round_.set_aside(waiting)
            loading.deferred = []


class _Round:
    """One pass over some rows, with everything known of them read beforehand."""

    def __init__(self, loading: Loading, pairs: Sequence[Pair]) -> None:
        self._loading = loading
        session = loading.session
        self._payments = payments_by_number(session, sorted({record.payment for record, _ in pairs}))
        self._documents = documents_by_number(session, sorted({record.invoice for record, _ in pairs}))
        self._left = {one.payment_id: one.unapplied_minor for many in self._payments.values() for one in many}
        self._open = {one.invoice_id: one.open_minor for one in self._documents.values()}
        self._known: dict[tuple[int, int], list[KnownAllocation]] = {}
        known = [] if loading.was_empty(AllocationRow) else allocations_of_payments(session, list(self._left))
        for one in known:
            self._known.setdefault((one.payment_id, one.invoice_id), []).append(one)
        self._added: list[tuple[object, ...]] = []
        self._updated: list[tuple[Any, ...]] = []
        self._plain: dict[str, Sequence[Any]] = {}  # those taken all at once, by column
        self._outcomes: list[str] = []
        self._answers: dict[tuple[str, str], KnownPayment | Reason] = {}
        self._meant: dict[tuple[str, int], bool] = {}
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
        """Take all records at once if none of them needs a decision; return whether it was so.

        They are new and positive: then there was room for each if there is room for all.
        """
        if self._known or not records:
            return False
        _, numbers, invoices, amounts, dates, companies, custom = zip(*records, strict=True)
        pairs = list(zip(numbers, invoices, strict=True))
        if self._loading.may_any_repeat(pairs):
            return False
        payments = self._only_payments(numbers, companies)
        company_ids = [one.company_id for one in payments]
        documents = list(map(self._documents.get, zip(company_ids, invoices, strict=False)))
        if not payments or not all(documents):
            return False
        return self._take_placed(payments, cast("list[KnownDocument]", documents), amounts, dates, custom)

    def _only_payments(self, numbers: Sequence[str], companies: Sequence[str]) -> list[KnownPayment]:
        """Return the payments with these numbers if each is the only one and is meant, else nothing."""
        found = list(map(self._payments.get, numbers))
        if None in found or max(map(len, cast("list[list[KnownPayment]]", found))) > 1:
            return []
        payments = [many[0] for many in cast("list[list[KnownPayment]]", found)]
        meant = set(zip(companies, (one.company_id for one in payments), strict=True))
        return payments if all(self._is_meant(*pair) for pair in meant) else []

    def _take_placed(
        self,
        payments: Sequence[KnownPayment],
        documents: Sequence[KnownDocument],
        amounts: Sequence[Decimal],
        dates: Sequence[date | None],
        custom: Sequence[dict[str, str] | None],
    ) -> bool:
        loading, currencies = self._loading, [one.currency for one in payments]
        minors = exact_minors(amounts, currencies)
        if minors is None or min(minors) <= 0 or currencies != [one.currency for one in documents]:
            return False
        payment_ids, invoice_ids = [one.payment_id for one in payments], [one.invoice_id for one in documents]
        if not (_fit(payment_ids, minors, self._left) and _fit(invoice_ids, minors, self._open)):
            return False
        days = [on or one.paid_on for on, one in zip(dates, payments, strict=True)]
        company_ids = [one.company_id for one in payments]
        values: tuple[Sequence[Any], ...] = (company_ids, payment_ids, invoice_ids, minors, days, custom)
        self._plain = dict(zip(_COLUMNS, values, strict=True))
        loading.tally.take_all(parted(amounts, currencies))
        loading.tally.note(Table.ALLOCATIONS, "created", len(minors))
        loading.touched.update(company_ids)
        self._touched[0].update(invoice_ids)
        self._touched[1].update(payment_ids)
        return True

    def _is_meant(self, named: str, company_id: int) -> bool:
        """Whether a row that names this company, or none, can mean a payment of that one."""
        answer = self._meant.get((named, company_id))
        if answer is None:
            loading, code = self._loading, named or self._loading.chosen_company
            known = loading.companies.get(code)
            is_it = known is not None and known.company_id == company_id if code else True
            answer = self._meant[(named, company_id)] = is_it and loading.may_import_into(company_id)
        return answer

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
        if self._plain:
            batch_ids = [batch_id] * len(self._plain["invoice_id"])
            insert(session, AllocationRow, self._plain | {"import_batch_id": batch_ids})
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


def _fit(ids: Sequence[int], minors: Sequence[int], room: Mapping[int, int]) -> bool:
    """Whether there is room for all of these positive amounts."""
    if len(set(ids)) == len(ids):
        return all(map(operator.le, minors, map(room.__getitem__, ids)))
    used = Counter[int]()
    for one, minor in zip(ids, minors, strict=True):
        used[one] += minor
    return all(room[one] >= minor for one, minor in used.items())
