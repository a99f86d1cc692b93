"""Importing files: recognise them, then load each in one transaction, all its good rows or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import localcontext
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.importing.fec.header import FecFile, recognise_fec
from ar_cockpit.importing.fec.reader import FecReader
from ar_cockpit.importing.folder import files_of
from ar_cockpit.importing.records import Batch, Table
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import CsvFile, recognise
from ar_cockpit.importing.tabular.mapping import Mapping as ColumnMapping
from ar_cockpit.services.importing.batches import close_batch, known_mappings, mapping_named, open_batch
from ar_cockpit.services.importing.fec.load import load_fec
from ar_cockpit.services.importing.fec.years import FORMAT as FEC
from ar_cockpit.services.importing.loading.allocations import finish_allocations, load_allocations
from ar_cockpit.services.importing.loading.context import Defaults, Loading
from ar_cockpit.services.importing.loading.customers import load_customers
from ar_cockpit.services.importing.loading.invoices import load_invoices
from ar_cockpit.services.importing.loading.payments import load_payments
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.settings import Settings

_LOADERS: dict[Table, Callable[[Loading, Batch[Any]], None]] = {
    Table.CUSTOMERS: load_customers,
    Table.INVOICES: load_invoices,
    Table.PAYMENTS: load_payments,
    Table.ALLOCATIONS: load_allocations,
}
CSV = "csv"
# Files are loaded in this order: documents need customers, and what a CSV says comes after what a FEC says.
_ORDER = (Table.CUSTOMERS.value, FEC, Table.INVOICES.value, Table.PAYMENTS.value, Table.ALLOCATIONS.value)
_EXACT_DIGITS = 60  # the longest cell that counts as a number has 44 characters
ROWS_SHOWN = 8
_IMPORT_LOCK = 4_102_002  # any constant: one import at a time, so that what is known of a batch stays true
OpenSession = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[Path, int, int], None]
Source = CsvFile | FecFile


@dataclass(frozen=True, slots=True)
class Request:
    """How to import: for which company, by which mapping, as of which business date, and whether only to try."""

    on: date
    company: str = ""
    mapping: str = ""
    dry_run: bool = False
    format: str = ""  # csv or fec; otherwise the file itself tells


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, how, into which database."""

    open_session: OpenSession
    actor: Actor
    request: Request
    settings: Settings
    names: Mapping[Path, str] = field(default_factory=dict)  # what the owner of an uploaded file calls it
    progress: Progress = lambda _path, _done, _total: None


def import_paths(importer: Importer, paths: Sequence[Path]) -> list[FileReport]:
    """Import the files and folders at ``paths``, customers first, each file whole or not at all.

    A file that is refused is reported with its error and leaves the others alone; when every one is, the first
    error is raised and nothing was changed.
    """
    importer.actor.require(Permission.IMPORT_LEDGER)
    files, refused = _recognised(importer, paths)
    reports = _try(importer, files) if importer.request.dry_run else [_load_alone(importer, file) for file in files]
    reports = sorted([*reports, *refused], key=lambda one: _place(one.table))
    if all(report.error for report in reports):
        raise InputError(" ".join(report.error for report in reports))
    return reports


def _place(table: str) -> int:
    return _ORDER.index(table) if table else len(_ORDER)


def _table(file: Source) -> str:
    return FEC if isinstance(file, FecFile) else file.table.value


def _order(file: Source) -> tuple[int, date, Path]:
    """Return what files are sorted by; years follow each other."""
    return _place(_table(file)), file.begins_on if isinstance(file, FecFile) else date.min, file.path


def _recognised(importer: Importer, paths: Sequence[Path]) -> tuple[list[Source], list[FileReport]]:
    """Return the files that are tables of a ledger, in loading order, and reports of the others."""
    with importer.open_session() as session:
        known = known_mappings(session)
        asked = mapping_named(known, importer.request.mapping) if importer.request.mapping else None
    files: list[Source] = []
    refused = []
    for path in (file for given in paths for file in files_of(given)):
        try:
            files.append(_source(importer, path, asked, known))
        except RefusedError as error:
            refused.append(FileReport(path, importer.names.get(path, path.name), error=str(error)))
    files.sort(key=_order)
    return files, refused


def _source(importer: Importer, path: Path, asked: ColumnMapping | None, known: Sequence[ColumnMapping]) -> Source:
    """Return the file at ``path`` as what it is, or as what it is told to be."""
    name, told = importer.names.get(path, ""), importer.request.format
    fec = None if asked or told == CSV else recognise_fec(path, name, is_asked=told == FEC)
    return fec or recognise(path, asked, known, name)


def _reader(file: Source) -> CsvReader | FecReader:
    return FecReader(file) if isinstance(file, FecFile) else CsvReader(file)


def _try(importer: Importer, files: Sequence[Source]) -> list[FileReport]:
    """Load everything in one transaction and take all of it back: invoices need the customers tried before them."""
    with importer.open_session() as session:
        reports = []
        for file in files:
            savepoint = session.begin_nested()
            try:
                reports.append(_load(session, importer, _reader(file)))
                savepoint.commit()
            except RefusedError as error:
                savepoint.rollback()
                reports.append(FileReport(file.path, file.name, table=_table(file), error=str(error)))
        session.rollback()
    return reports


def _load_alone(importer: Importer, file: Source) -> FileReport:
    try:
        reader = _reader(file)  # its first pass needs no transaction
        with importer.open_session() as session:
            return _load(session, importer, reader)
    except RefusedError as error:
        return FileReport(file.path, file.name, table=_table(file), error=str(error))


def _load(session: Session, importer: Importer, reader: CsvReader | FecReader) -> FileReport:
    """Load one file in the caller's transaction, and keep its report."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})
    settings, request, is_fec = importer.settings, importer.request, isinstance(reader, FecReader)
    file = reader.file.csv if isinstance(reader.file, FecFile) else reader.file
    defaults = Defaults(
        settings.default_company, settings.default_currency, settings.default_terms_days, settings.timezone
    )
    loading = Loading(session, importer.actor, file, defaults, request.on, request.company)
    batch = open_batch(session, importer.actor, file, FEC if is_fec else CSV)
    loading.batch_id = batch.id
    with localcontext(prec=_EXACT_DIGITS):
        loaded = _rows(loading, importer, reader)
    report = FileReport(
        file.path,
        file.name,
        FEC if is_fec else CSV,
        _table(reader.file),
        file.mapping.name if file.mapping else "",
        loading.tally,
        reader.decisions,
        batch.id,
        companies=loading.companies_touched(),
        **loaded,
    )
    close_batch(session, importer.actor, batch, report, loading)
    return report


def _rows(loading: Loading, importer: Importer, reader: CsvReader | FecReader) -> dict[str, Any]:
    """Load the rows; return what is told of them beside the counts."""
    done, path = 0, reader.file.path

    def show(count: int) -> None:
        nonlocal done
        done += count
        importer.progress(path, done, reader.row_count)

    if isinstance(reader, FecReader):
        loaded = load_fec(loading, reader, show)
        return {"sample": loaded.sample, "extra": {"control": loaded.control.document()}, "kept": loaded.remembered}
    first: Sequence[Any] = ()
    for some in reader.batches():
        first = first or some.records
        _LOADERS[reader.file.table](loading, some)
        show(len(some.records) + len(some.rejects))
    finish_allocations(loading)
    return {"sample": _sample(first, loading)}


def _sample(first: Sequence[Any], loading: Loading) -> tuple[Any, ...]:
    """Return the first records that were taken."""
    set_aside = {one.defect.line for one in loading.tally.set_aside}
    return tuple(islice((record for record in first if record.line not in set_aside), ROWS_SHOWN))
