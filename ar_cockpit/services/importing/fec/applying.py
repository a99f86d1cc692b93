"""Letters become allocations: each settles what it says, unless the ledger has it settled already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from ar_cockpit.db.queries.loading import documents_by_number, payments_by_number
from ar_cockpit.importing.fec.header import FecFile
from ar_cockpit.importing.fec.reader import Year
from ar_cockpit.importing.fec.settling import Share
from ar_cockpit.importing.records import AllocationRecord, Batch, PaymentRecord, Table
from ar_cockpit.services.importing.fec.made import in_decimals, netting, slices
from ar_cockpit.services.importing.fec.opening import LEDGER
from ar_cockpit.services.importing.loading.allocations import finish_allocations, load_allocations
from ar_cockpit.services.importing.loading.context import Company, Loading
from ar_cockpit.services.importing.loading.payments import load_payments

Letter = Sequence[Share]


class Applying:
    """Applies the letters of one year, by the numbers its documents and payments have in the ledger."""

    def __init__(
        self, loading: Loading, file: FecFile, year: Year, company: Company, numbers: Mapping[int, str]
    ) -> None:
        self._loading, self._file, self._year, self._company, self._numbers = loading, file, year, company, numbers
        self._blank = [""] * len(file.csv.header)

    def run(self, letters: Sequence[Letter]) -> None:
        """Write what settles what; what the ledger has no room for is told, and stays open."""
        waiting = [letter for some in slices(letters) for letter in self._not_settled(some)]
        self._load_nettings([share for share in chain.from_iterable(waiting) if not share.payment])
        self._load_allocations(list(chain.from_iterable(waiting)))

    def _not_settled(self, letters: Sequence[Letter]) -> Iterator[Letter]:
        """Yield the letters of which something is open; the others are as they were, by whatever allocations."""
        session, company_id = self._loading.session, self._company.company_id
        shares = list(chain.from_iterable(letters))
        known = documents_by_number(session, sorted({self._named(one.document) for one in shares}))
        documents = {number: one.open_minor for (company, number), one in known.items() if company == company_id}
        payers = sorted({self._named(one.payment) for one in shares if one.payment})
        found = chain.from_iterable(payments_by_number(session, payers).values())
        payments = {one.number: one.unapplied_minor for one in found if one.company_id == company_id}
        for letter in letters:
            left = [documents.get(self._named(one.document), 1) for one in letter]
            left += [payments.get(self._named(one.payment), 1) for one in letter if one.payment]
            if any(left):
                yield letter
            else:
                self._note_unchanged(letter)

    def _note_unchanged(self, letter: Letter) -> None:
        for _ in letter:
            self._loading.tally.note(Table.ALLOCATIONS, "unchanged")
        for _ in {self._netting(one) for one in letter if not one.payment}:
            self._loading.tally.note(Table.PAYMENTS, "unchanged")

    def _load_nettings(self, shares: Letter) -> None:
        """Make the payments of nothing by which credit notes settle invoices when no money moves."""
        made: dict[str, PaymentRecord] = {}
        for share in shares:
            number, customer = self._netting(share), self._year.by_line[share.line].line.customer
            made.setdefault(number, netting(share, number, customer, self._company.code))
        for some in slices(list(made.values())):
            load_payments(self._loading, Batch(some, [self._blank] * len(some), [], []))

    def _load_allocations(self, shares: Letter) -> None:
        loading = self._loading
        loading.file, loading.seen = self._file.as_table(Table.ALLOCATIONS), {}
        before = len(loading.tally.set_aside)
        for some in slices(shares):
            records = [self._allocation(one) for one in some]
            load_allocations(loading, Batch(records, [self._blank] * len(some), [], []))
        finish_allocations(loading)
        refused = loading.tally.set_aside[before:]
        del loading.tally.set_aside[before:]
        column, letter_of = self._file.csv.header[self._file.where["EcritureLet"]], self._year.letter_of
        told = (one.defect for one in refused)
        loading.tally.warnings += [one._replace(column=column, value=letter_of.get(one.line, "")) for one in told]

    def _allocation(self, share: Share) -> AllocationRecord:
        payer = self._named(share.payment) if share.payment else self._netting(share)
        paid, code = self._named(share.document), self._company.code
        return AllocationRecord(share.line, payer, paid, in_decimals(share.minor), share.on, code)

    def _named(self, key: str) -> str:
        return key.removeprefix(LEDGER) if key.startswith(LEDGER) else self._numbers[int(key)]

    def _netting(self, share: Share) -> str:
        return f"LET-{share.on:%Y%m%d}-{self._year.by_line[share.line].line.customer}"
