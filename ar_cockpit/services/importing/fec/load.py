"""Loading one FEC: the company, its customers, what the opening entries mean, documents, payments, allocations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import update
from sqlmodel import col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.loading import ids_by_key
from ar_cockpit.db.queries.opening import Before, documents_left, payments_left
from ar_cockpit.db.tables import CustomerRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.fec.kinds import Kind
from ar_cockpit.importing.fec.lines import CURRENCY
from ar_cockpit.importing.fec.reader import FecReader, Posting, home_of
from ar_cockpit.importing.fec.settling import Share, settle
from ar_cockpit.importing.records import (
    AllocationRecord,
    Batch,
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    Table,
)
from ar_cockpit.services.importing.fec.adoption import adopt
from ar_cockpit.services.importing.fec.company import company_of
from ar_cockpit.services.importing.fec.control import Control, in_ledger, set_totals
from ar_cockpit.services.importing.fec.made import cells_of, document, in_decimals, netting, payment
from ar_cockpit.services.importing.fec.numbers import Numbering
from ar_cockpit.services.importing.fec.opening import LEDGER, Comparison, compare, held
from ar_cockpit.services.importing.fec.years import Opening, as_remembered, neighbours
from ar_cockpit.services.importing.loading.allocations import finish_allocations, load_allocations
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.loading.customers import make_customers
from ar_cockpit.services.importing.loading.invoices import load_invoices
from ar_cockpit.services.importing.loading.payments import load_payments

_PER_BATCH = 5000
Some = TypeVar("Some")


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
        self._shares = self._settle()
        self._adopted = adopt(reader.file.name, self._own, self._shares, self._around)
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
        self._load_allocations()
        aside = set_totals(loading.tally, year)
        control = Control(year.balance, aside, self._in_ledger() + self._compared.balance)
        openings = [] if self._around.is_continued else list(self._openings())
        return Loaded(control, as_remembered(year, openings), sample)

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

    def _settle(self) -> list[Share]:
        """Return what settles what, with lines for numbers."""
        own = {one.line.line: one for one in self._own}
        shares: list[Share] = []
        for group in self._year.groups:
            items = [item for line in group for item in self._compared.items.get(line, ())]
            items += [own[line].item(str(line)) for line in group if line in own]
            shares += settle(items)
        return shares

    def _make_customers(self) -> None:
        loading, code = self._loading, self._company.code
        loading.file, loading.seen = self._file.as_table(Table.CUSTOMERS), {}
        records = [
            CustomerRecord(line, customer, name, code, currency=CURRENCY)
            for customer, (name, line) in self._year.names.items()
        ]
        for some in _slices(records):
            make_customers(loading, some)

    def _number(self) -> None:
        """Find the number of each document and payment."""
        session, company_id = self._loading.session, self._company.company_id
        found = ids_by_key(session, CustomerRow, "code", list(self._year.names))
        customers = {code: known for (company, code), known in found.items() if company == company_id}
        same = [one.batch_id for one in self._around.same]
        documents = [one for one in self._own if one.kind is not Kind.PAYMENT]
        numbering = Numbering(customers, same, self._adopted)
        numbering.number(session, company_id, documents)
        self._numbers = {one.line.line: one.number for one in self._own if one.kind is Kind.PAYMENT}
        self._numbers |= numbering.numbers

    def _load_documents(self, progress: Callable[[int], None]) -> tuple[InvoiceRecord, ...]:
        loading = self._loading
        loading.file, loading.seen = self._file.as_table(Table.INVOICES), {}
        sample: tuple[InvoiceRecord, ...] = ()
        for some in _slices([one for one in self._own if one.kind is not Kind.PAYMENT]):
            records = [document(one, self._number_of(one), self._company.code) for one in some]
            sample = sample or tuple(records[:8])
            load_invoices(loading, Batch(records, [cells_of(self._file, one) for one in some], [], []))
            progress(len(some))
        return sample

    def _load_payments(self, progress: Callable[[int], None]) -> None:
        loading = self._loading
        loading.file, loading.seen = self._file.as_table(Table.PAYMENTS), {}
        for some in _slices([one for one in self._own if one.kind is Kind.PAYMENT]):
            records = [payment(one, self._number_of(one), self._company.code) for one in some]
            load_payments(loading, Batch(records, [cells_of(self._file, one) for one in some], [], []))
            progress(len(some))
        nettings = [share for share in self._shares if not share.payment]
        self._load_nettings(nettings)
        self._take_over()

    def _load_nettings(self, nettings: Sequence[Share]) -> None:
        """Make the payments of nothing by which credit notes settle invoices when no money moves."""
        made: dict[str, PaymentRecord] = {}
        for share in nettings:
            number = self._netting(share)
            customer = self._year.by_line[share.line].line.customer
            made.setdefault(number, netting(share, number, customer, self._company.code))
        blank = [""] * len(self._file.csv.header)
        for some in _slices(list(made.values())):
            load_payments(self._loading, Batch(some, [blank] * len(some), [], []))

    def _netting(self, share: Share) -> str:
        return f"LET-{share.on:%Y%m%d}-{self._year.by_line[share.line].line.customer}"

    def _take_over(self) -> None:
        """Let documents that a later year carried over belong to this one."""
        session, batch_id = self._loading.session, self._loading.batch_id
        numbers = list(self._adopted.values())
        later = [one.batch_id for one in self._around.later]
        for row in (InvoiceRow, PaymentRow) if numbers else ():
            session.execute(
                update(row)
                .where(
                    col(row.company_id) == self._company.company_id,
                    among(session, col(row.number), numbers),
                    among(session, col(row.import_batch_id), later),
                )
                .values(import_batch_id=batch_id)
                .execution_options(synchronize_session=False)
            )

    def _load_allocations(self) -> None:
        """Load what settles what; what the ledger has no room for is told, and stays open."""
        loading = self._loading
        loading.file, loading.seen = self._file.as_table(Table.ALLOCATIONS), {}
        before = len(loading.tally.set_aside)
        blank = [""] * len(self._file.csv.header)
        for some in _slices(self._shares):
            load_allocations(loading, Batch([self._allocation(one) for one in some], [blank] * len(some), [], []))
        finish_allocations(loading)
        refused = loading.tally.set_aside[before:]
        del loading.tally.set_aside[before:]
        header = self._file.csv.header[self._file.where["EcritureLet"]]
        letter = self._year.letter_of
        loading.tally.warnings += [
            one.defect._replace(column=header, value=letter.get(one.defect.line, "")) for one in refused
        ]

    def _allocation(self, share: Share) -> AllocationRecord:
        payer = self._named(share.payment) if share.payment else self._netting(share)
        paid, code = self._named(share.document), self._company.code
        return AllocationRecord(share.line, payer, paid, in_decimals(share.minor), share.on, code)

    def _number_of(self, one: Posting) -> str:
        return self._numbers[one.line.line]

    def _named(self, key: str) -> str:
        return key.removeprefix(LEDGER) if key.startswith(LEDGER) else self._numbers[int(key)]

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


def _slices(found: Sequence[Some]) -> Iterator[list[Some]]:
    for start in range(0, len(found), _PER_BATCH):
        yield list(found[start : start + _PER_BATCH])
