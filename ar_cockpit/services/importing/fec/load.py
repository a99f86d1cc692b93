"""Loading one FEC: the company, its customers, what the opening entries mean, documents, payments, allocations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from ar_cockpit.db.queries.loading import ids_by_key
from ar_cockpit.db.queries.opening import Before, documents_left, payments_left
from ar_cockpit.db.tables import CustomerRow
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.fec.kinds import Kind
from ar_cockpit.importing.fec.lines import CURRENCY
from ar_cockpit.importing.fec.reader import FecReader, Posting, home_of
from ar_cockpit.importing.fec.settling import Share, settle
from ar_cockpit.importing.records import (
    Batch,
    CustomerRecord,
    InvoiceRecord,
    Table,
)
from ar_cockpit.services.importing.fec.adoption import adopt
from ar_cockpit.services.importing.fec.applying import Applying
from ar_cockpit.services.importing.fec.company import company_of
from ar_cockpit.services.importing.fec.control import Control, in_ledger, set_totals
from ar_cockpit.services.importing.fec.made import cells_of, document, payment, slices
from ar_cockpit.services.importing.fec.numbers import Numbering
from ar_cockpit.services.importing.fec.opening import Comparison, compare, held
from ar_cockpit.services.importing.fec.taking_over import become_credit_notes, take_over
from ar_cockpit.services.importing.fec.years import Opening, as_remembered, neighbours
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.customers import make_customers
from ar_cockpit.services.importing.loading.invoices import load_invoices
from ar_cockpit.services.importing.loading.payments import load_payments


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is told of a FEC beside its rows: the control, what is kept of the year, and its first documents."""

    control: Control
    remembered: dict[str, Any]
    sample: tuple[InvoiceRecord, ...]


def load_fec(loading: Loading, reader: FecReader, progress: Callable[[int], None] = lambda _: None) -> Loaded:
    """Load one year in the caller's transaction; raise ``InputError`` when it does not fit the years that are there."""
    return _Load(loading, reader).run(progress)


class _Load:
    """One year on its way into the ledger."""

    def __init__(self, loading: Loading, reader: FecReader) -> None:
        self._loading, self._file, self._year = loading, reader.file, reader.year
        self._company = company_of(loading, reader.file)
        self._bring_home()
        self._around = neighbours(loading.session, self._company.company_id, reader.year)
        carried = [one for one in reader.year.postings if one.is_opening] if self._around.is_continued else []
        lines = {one.line.line for one in carried}
        self._own = [one for one in reader.year.postings if one.line.line not in lines]
        self._compared = self._compare(carried)
        self._groups = self._settle()
        self._adopted = adopt(reader, self._own, chain.from_iterable(self._groups), self._around)
        self._numbers: dict[int, str] = {}

    def run(self, progress: Callable[[int], None]) -> Loaded:
        """Write everything; return what is told."""
        loading, year = self._loading, self._year
        loading.touched.add(self._company.company_id)
        loading.take_rejects(year.rejects)
        loading.tally.warnings += [*year.warnings, *self._compared.warnings]
        self._make_customers()
        self._number()
        sample = self._load_documents(progress)
        self._load_payments(progress)
        company_id, later = self._company.company_id, [one.batch_id for one in self._around.later]
        take_over(loading, company_id, list(self._adopted.same.values()), later)
        become_credit_notes(
            loading, company_id, {number: self._numbers[line] for line, number in self._adopted.credit_notes.items()}
        )
        Applying(loading, self._file, year, self._company, self._numbers).run(self._groups)
        aside = set_totals(loading.tally, year)
        control = Control(year.balance, aside, self._in_ledger() + self._compared.balance)
        openings = [] if self._around.is_continued else list(self._openings())
        remembered = as_remembered(year, openings) if year.first != date.max else {}  # a header alone is no year
        taken_over = {"taken_over": len(self._adopted.lines)} if self._adopted.lines else {}
        return Loaded(control, remembered | taken_over, sample)

    def _bring_home(self) -> None:
        """Give sub-accounts of 413 and 416 to the customer of 411 that an earlier file brought."""
        plain = {one.line.account for one in self._year.postings if not one.line.is_auxiliary}
        homes = {account: home for account in plain & self._year.names.keys() if (home := home_of(account))}
        found = ids_by_key(self._loading.session, CustomerRow, "code", list(homes.values()))
        known = {code for company, code in found if company == self._company.company_id}
        self._year.move({account: home for account, home in homes.items() if home in known})

    def _compare(self, carried: Sequence[Posting]) -> Comparison:
        """Hold opening entries against what the years before left open; refuse a year after a gap that shows."""
        if not carried:
            return Comparison()
        around, year, session = self._around, self._year, self._loading.session
        ids = [one.batch_id for one in around.earlier]
        before = Before(self._company.company_id, year.first, ids, around.not_before)
        known = held(documents_left(session, before), payments_left(session, before))
        compared = compare(carried, known, self._file.csv.header[self._file.where["CompAuxNum"]])
        last = around.gap_after(year.first)
        if compared.warnings and last:
            raise InputError(
                f"{self._file.name} begins on {year.first}, the last year imported ends on {last}, and its opening "
                f"entries are not what that year left open.",
                "Import the year between them first.",
            )
        return compared

    def _settle(self) -> list[list[Share]]:
        """Return what settles what, letter by letter, with lines for numbers."""
        own = {one.line.line: one for one in self._own}
        found: list[list[Share]] = []
        for group in self._year.groups:
            items = [item for line in group for item in self._compared.items.get(line, ())]
            items += [own[line].item(str(line)) for line in group if line in own]
            found.append(settle(items))
        return [shares for shares in found if shares]

    def _make_customers(self) -> None:
        loading, code = self._loading, self._company.code
        loading.file, loading.seen = self._file.as_table(Table.CUSTOMERS), {}
        records = [
            CustomerRecord(line, customer, name, code, currency=CURRENCY)
            for customer, (name, line) in self._year.names.items()
        ]
        for some in slices(records):
            make_customers(loading, some)

    def _number(self) -> None:
        """Find the number of each document and payment."""
        session, company_id = self._loading.session, self._company.company_id
        found = ids_by_key(session, CustomerRow, "code", list(self._year.names))
        customers = {code: known for (company, code), known in found.items() if company == company_id}
        same = [one.batch_id for one in self._around.same]
        documents = [one for one in self._own if one.kind is not Kind.PAYMENT]
        numbering = Numbering(customers, same, self._adopted.same)
        numbering.number(session, company_id, documents)
        self._numbers = {one.line.line: one.number for one in self._own if one.kind is Kind.PAYMENT}
        self._numbers |= numbering.numbers

    def _load_documents(self, progress: Callable[[int], None]) -> tuple[InvoiceRecord, ...]:
        loading = self._loading
        loading.file, loading.seen = self._file.as_table(Table.INVOICES), {}
        sample: tuple[InvoiceRecord, ...] = ()
        for some in slices([one for one in self._own if one.kind is not Kind.PAYMENT]):
            records = [document(one, self._number_of(one), self._company.code) for one in some]
            sample = sample or tuple(records[:8])
            load_invoices(loading, Batch(records, [cells_of(self._file, one) for one in some], [], []))
            progress(len(some))
        return sample

    def _load_payments(self, progress: Callable[[int], None]) -> None:
        loading = self._loading
        loading.file, loading.seen = self._file.as_table(Table.PAYMENTS), {}
        for some in slices([one for one in self._own if one.kind is Kind.PAYMENT]):
            records = [payment(one, self._number_of(one), self._company.code) for one in some]
            load_payments(loading, Batch(records, [cells_of(self._file, one) for one in some], [], []))
            progress(len(some))

    def _number_of(self, one: Posting) -> str:
        return self._numbers[one.line.line]

    def _in_ledger(self) -> int:
        numbers = self._numbers
        payments = [numbers[one.line.line] for one in self._own if one.kind is Kind.PAYMENT]
        documents = [numbers[one.line.line] for one in self._own if one.kind is not Kind.PAYMENT]
        return in_ledger(self._loading.session, self._company.company_id, documents, payments)

    def _openings(self) -> Iterator[Opening]:
        for one in self._own:
            if one.is_opening:
                line = one.line
                yield Opening(one.kind.value, self._numbers[line.line], line.ref, line.customer, line.minor)
