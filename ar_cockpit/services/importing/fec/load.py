"""Loading one FEC: the company, its customers, what the opening entries mean, documents, payments, allocations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import update
from sqlmodel import col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries.loading import ids_by_key
from ar_cockpit.db.queries.opening import Before, documents_left, payments_left
from ar_cockpit.db.tables import CompanyRow, CustomerRow, InvoiceRow, PaymentRow
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.fec.header import FecFile
from ar_cockpit.importing.fec.kinds import Kind
from ar_cockpit.importing.fec.lines import CURRENCY
from ar_cockpit.importing.fec.reader import FecReader, Posting, Year
from ar_cockpit.importing.fec.settling import Share, settle
from ar_cockpit.importing.fec.values import EXPONENT
from ar_cockpit.importing.records import (
    AllocationRecord,
    Batch,
    CustomerRecord,
    InvoiceRecord,
    PaymentRecord,
    Table,
)
from ar_cockpit.services.importing.fec.adoption import adopt
from ar_cockpit.services.importing.fec.control import Control, in_ledger, set_totals
from ar_cockpit.services.importing.fec.numbers import Numbering
from ar_cockpit.services.importing.fec.opening import LEDGER, Comparison, compare, held
from ar_cockpit.services.importing.fec.years import Neighbours, Opening, as_remembered, neighbours
from ar_cockpit.services.importing.loading.allocations import finish_allocations, load_allocations
from ar_cockpit.services.importing.loading.context import Company, Loading
from ar_cockpit.services.importing.loading.customers import make_customers
from ar_cockpit.services.importing.loading.invoices import load_invoices
from ar_cockpit.services.importing.loading.payments import load_payments

_PER_BATCH = 5000
_COUNTRY = "FR"
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
        self._company = _company(loading, reader.file)
        self._around = neighbours(loading.session, self._company.company_id, reader.year)
        carried = [one for one in reader.year.postings if one.is_opening] if self._around.is_continued else []
        lines = {one.line.line for one in carried}
        self._own = [one for one in reader.year.postings if one.line.line not in lines]
        self._compared = self._compare(carried)
        self._shares = self._settle()
        self._adopted = adopt(reader.file.name, reader.year, self._own, self._shares, self._around)
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
            records = [self._document(one) for one in some]
            sample = sample or tuple(records[:8])
            load_invoices(loading, Batch(records, [self._cells(one) for one in some], [], []))
            progress(len(some))
        return sample

    def _document(self, one: Posting) -> InvoiceRecord:
        line = one.line
        return InvoiceRecord(
            line.line,
            self._numbers[line.line],
            line.customer,
            line.piece_on,
            None,
            _euros(line.minor),
            CURRENCY,
            self._company.code,
            one.kind.value,
            None,
            line.label,
            None,
            None,
            {},
        )

    def _load_payments(self, progress: Callable[[int], None]) -> None:
        loading = self._loading
        loading.file, loading.seen = self._file.as_table(Table.PAYMENTS), {}
        for some in _slices([one for one in self._own if one.kind is Kind.PAYMENT]):
            records = [self._payment(one) for one in some]
            load_payments(loading, Batch(records, [self._cells(one) for one in some], [], []))
            progress(len(some))
        nettings = [share for share in self._shares if not share.payment]
        self._load_nettings(nettings)
        self._take_over()

    def _payment(self, one: Posting) -> PaymentRecord:
        line, code = one.line, self._company.code
        number, amount = self._numbers[line.line], _euros(-line.minor)
        return PaymentRecord(
            line.line, number, line.customer, line.booked_on, amount, CURRENCY, code, line.ref, one.method, {}
        )

    def _load_nettings(self, nettings: Sequence[Share]) -> None:
        """Make the payments of nothing by which credit notes settle invoices when no money moves."""
        made: dict[str, PaymentRecord] = {}
        for share in nettings:
            number = self._netting(share)
            customer = self._year.by_line[share.line].line.customer
            made.setdefault(
                number,
                PaymentRecord(
                    share.line, number, customer, share.on, Decimal(0), CURRENCY, self._company.code, "", "netting", {}
                ),
            )
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
            load_allocations(
                loading, Batch([self._allocation(one) for one in some], [blank] * len(some), [], [])
            )
        finish_allocations(loading)
        refused = loading.tally.set_aside[before:]
        del loading.tally.set_aside[before:]
        header = self._file.csv.header[self._file.where["EcritureLet"]]
        letter = self._year.letter_of
        loading.tally.warnings += [
            one.defect._replace(column=header, value=letter.get(one.defect.line, "")) for one in refused
        ]

    def _allocation(self, share: Share) -> AllocationRecord:
        payment = self._named(share.payment) if share.payment else self._netting(share)
        document, code = self._named(share.document), self._company.code
        return AllocationRecord(share.line, payment, document, _euros(share.minor), share.on, code)

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

    def _cells(self, one: Posting) -> list[str]:
        """Return the line as far as it matters, for what is set aside of it."""
        line, where = one.line, self._file.where
        cells = [""] * len(self._file.csv.header)
        told = {"CompteNum": line.account, "PieceRef": line.ref, "EcritureLib": line.label, "EcritureLet": line.letter}
        told |= {"EcritureDate": f"{line.booked_on:%Y%m%d}", "PieceDate": f"{line.piece_on:%Y%m%d}"}
        told["CompAuxNum"] = line.customer if line.is_auxiliary else ""
        for name, value in told.items():
            if name in where:
                cells[where[name]] = value
        return cells


def _company(loading: Loading, file: FecFile) -> Company:
    """Return the company a FEC belongs to: the one asked for, else by the number in its name, else the default one."""
    code = loading.chosen_company or file.siren or loading.defaults.company
    if not loading.chosen_company and file.siren and code not in loading.companies:
        establishments = [known for known in sorted(loading.companies) if known.startswith(file.siren)]
        code = establishments[0] if len(establishments) == 1 else code
    is_new = code not in loading.companies
    company = loading.company(code, CURRENCY)
    row = loading.session.get(CompanyRow, company.company_id) if is_new else None
    if row:
        row.country = _COUNTRY
        loading.session.add(row)
        loading.session.flush()
    return company


def _slices(found: Sequence[Some]) -> Iterator[list[Some]]:
    for start in range(0, len(found), _PER_BATCH):
        yield list(found[start : start + _PER_BATCH])


def _euros(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-EXPONENT)
