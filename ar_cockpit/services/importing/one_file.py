"""Loading one file in the caller's transaction: its rows, what follows from them, and the record of the import."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlmodel import Session, SQLModel

from ar_cockpit.db.bulk import renew_statistics
from ar_cockpit.db.tables import AllocationRow, CustomerRow, ImportBatchRow, InvoiceRow, PaymentRow
from ar_cockpit.importing.fec.header import FecFile
from ar_cockpit.importing.fec.reader import FecReader
from ar_cockpit.importing.records import Batch, Table
from ar_cockpit.importing.tabular.apart import ReaderApart
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import CsvFile
from ar_cockpit.importing.tabular.keys import Name
from ar_cockpit.importing.tabular.mapping import OPEN_ITEMS
from ar_cockpit.services.importing.ahead import Batches, overlapping
from ar_cockpit.services.importing.batches import close_batch, keep_remarks, open_batch
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.changes.diff import changes_of
from ar_cockpit.services.importing.fec.load import load_fec
from ar_cockpit.services.importing.fec.years import FORMAT as FEC
from ar_cockpit.services.importing.importer import Importer
from ar_cockpit.services.importing.in_bulk import swiftly
from ar_cockpit.services.importing.loading.allocations import finish_allocations, load_allocations
from ar_cockpit.services.importing.loading.context import Defaults, Loading
from ar_cockpit.services.importing.loading.customers import load_customers
from ar_cockpit.services.importing.loading.groups import finish_groups
from ar_cockpit.services.importing.loading.invoices import load_invoices
from ar_cockpit.services.importing.loading.open_items import OpenItems
from ar_cockpit.services.importing.loading.payments import load_payments
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.services.importing.settling.proposals import propose
from ar_cockpit.services.importing.turn import take_turn

Source = CsvFile | FecFile
Reader = CsvReader | ReaderApart | FecReader

_LOADERS: dict[Table, Callable[[Loading, Batch[Any]], None]] = {
    Table.CUSTOMERS: load_customers,
    Table.INVOICES: load_invoices,
    Table.PAYMENTS: load_payments,
    Table.ALLOCATIONS: load_allocations,
}
_TABLES: dict[Table, type[SQLModel]] = {
    Table.CUSTOMERS: CustomerRow,
    Table.INVOICES: InvoiceRow,
    Table.PAYMENTS: PaymentRow,
    Table.ALLOCATIONS: AllocationRow,
}
_MANY_ROWS = 1000
_SHEETS_TAKE = 10  # times as long to read as a text file
_GROWN_MUCH = 8  # times: then a table is counted again while its file is still being loaded
ROWS_SHOWN = 8


@contextmanager
def reading(importer: Importer, file: Source) -> Iterator[Reader]:
    """Return what reads ``file``; its first pass, which needs no transaction, is done with that."""
    if isinstance(file, FecFile):
        yield FecReader(file)
        return
    size = file.facts.size * (_SHEETS_TAKE if file.sheet else 1)
    reader = ReaderApart(file) if size >= importer.reads_apart_from else CsvReader(file)
    try:
        yield reader
    finally:
        reader.close()


def batches_of(reader: Reader) -> Batches:
    """Return the file's rows in batches; a FEC was read whole, since its entries belong together."""
    return iter(()) if isinstance(reader, FecReader) else reader.batches()


def table_of(file: Source) -> str:
    """Return which table a file is, or that it is the whole book."""
    return FEC if isinstance(file, FecFile) else file.table.value


def lists_open_items(importer: Importer, file: Source) -> bool:
    """Whether the file lists what is still open and nothing else: the person said so, or its mapping does."""
    if isinstance(file, FecFile) or file.table is not Table.INVOICES:
        return False
    return importer.request.open_items or (file.mapping is not None and file.mapping.content == OPEN_ITEMS)


def load(session: Session, importer: Importer, reader: Reader, batches: Batches, items: OpenItems) -> FileReport:
    """Load one file in the caller's transaction, and keep its report; ``items`` gathers what open-items files list."""
    take_turn(session)
    loading = _begin(session, importer, reader)
    loading.open_items = items if lists_open_items(importer, reader.file) else None
    batch = open_batch(session, importer.actor, loading.file, _format_of(reader))
    loading.batch_id = batch.id
    told = _rows(loading, importer, batch, reader, batches)
    if loading.tally.total_in.count >= _MANY_ROWS:
        for row_class in _TABLES.values():
            renew_statistics(session, row_class)
    finish_groups(loading)
    journal.close(session, batch.id)
    proposed = propose(loading)
    file = reader.file
    report = FileReport(
        file.path,
        file.name,
        _format_of(reader),
        table_of(file),
        loading.file.mapping.name if loading.file.mapping else "",
        loading.tally,
        reader.decisions,
        batch.id,
        companies=loading.companies_touched(),
        changes=changes_of(session, batch.id),
        proposed=proposed,
        **told,
    )
    close_batch(session, importer.actor, batch, report, loading)
    importer.loaded(session, report)
    return report


def _begin(session: Session, importer: Importer, reader: Reader) -> Loading:
    settings, request = importer.settings, importer.request
    defaults = Defaults(
        settings.default_company, settings.default_currency, settings.default_terms_days, settings.timezone
    )
    if isinstance(reader, FecReader):
        return Loading(session, importer.actor, reader.file.csv, defaults, request.on, request.company)
    file = reader.file
    # An export of open items is remembered row by row: what it does not list is the point of it.
    suspects = set[Name]() if reader.knows_repeated and not lists_open_items(importer, file) else None
    return Loading(session, importer.actor, file, defaults, request.on, request.company, suspects=suspects)


def _format_of(reader: Reader) -> str:
    return FEC if isinstance(reader, FecReader) else reader.file.format


def _rows(
    loading: Loading, importer: Importer, batch: ImportBatchRow, reader: Reader, batches: Batches
) -> dict[str, Any]:
    """Load the rows; return what is told of them beside the counts."""
    done, path = 0, reader.file.path

    def show(count: int) -> None:
        nonlocal done
        done += count
        importer.progress(path, done, reader.row_count)

    if isinstance(reader, FecReader):
        loaded = load_fec(loading, reader, show)
        return {"sample": loaded.sample, "extra": {"control": loaded.control.document()}, "kept": loaded.remembered}
    sample: Sequence[Any] = ()
    counted_at = _MANY_ROWS
    with swiftly(loading, reader.file.table, reader.row_count):
        for some in overlapping(batches):
            loading.expect(some.suspects)
            _LOADERS[reader.file.table](loading, some)
            sample = sample or _sample(some.records, loading)
            keep_remarks(loading.session, batch, loading)
            show(len(some.records) + len(some.rejects))
            if done >= counted_at:
                renew_statistics(loading.session, _TABLES[reader.file.table])
                counted_at = done * _GROWN_MUCH
        finish_allocations(loading)
    return {"sample": sample}


def _sample(first: Sequence[Any], loading: Loading) -> tuple[Any, ...]:
    """Return the first records that were taken."""
    set_aside = {one.defect.line for one in loading.tally.set_aside}
    return tuple(islice((record for record in first if record.line not in set_aside), ROWS_SHOWN))
