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

from sqlmodel import Session

from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.importing.folder import files_of
from ar_cockpit.importing.records import Batch, Table
from ar_cockpit.importing.tabular.batches import CsvReader
from ar_cockpit.importing.tabular.csv_file import CsvFile, recognise
from ar_cockpit.services.importing.batches import close_batch, known_mappings, mapping_named, open_batch
from ar_cockpit.services.importing.changes import journal
from ar_cockpit.services.importing.changes.diff import changes_of
from ar_cockpit.services.importing.loading.allocations import finish_allocations, load_allocations
from ar_cockpit.services.importing.loading.context import Defaults, Loading
from ar_cockpit.services.importing.loading.customers import load_customers
from ar_cockpit.services.importing.loading.invoices import load_invoices
from ar_cockpit.services.importing.loading.open_items import OpenItems
from ar_cockpit.services.importing.loading.payments import load_payments
from ar_cockpit.services.importing.report import FileReport
from ar_cockpit.services.importing.settling.proposals import propose
from ar_cockpit.services.importing.turn import take_turn
from ar_cockpit.settings import Settings

_LOADERS: dict[Table, Callable[[Loading, Batch[Any]], None]] = {
    Table.CUSTOMERS: load_customers,
    Table.INVOICES: load_invoices,
    Table.PAYMENTS: load_payments,
    Table.ALLOCATIONS: load_allocations,
}
_EXACT_DIGITS = 60  # the longest cell that counts as a number has 44 characters
ROWS_SHOWN = 8
OpenSession = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[Path, int, int], None]
Loaded = Callable[[Session, FileReport], None]


@dataclass(frozen=True, slots=True)
class Request:
    """How to import: for which company, by which mapping, as of which business date, and whether only to try."""

    on: date
    company: str = ""
    mapping: str = ""
    dry_run: bool = False
    open_items: bool = False  # invoices that the files no longer list are proposed as settled


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, how, into which database."""

    open_session: OpenSession
    actor: Actor
    request: Request
    settings: Settings
    names: Mapping[Path, str] = field(default_factory=dict)  # what the owner of an uploaded file calls it
    progress: Progress = lambda _path, _done, _total: None
    loaded: Loaded = lambda _session, _report: None  # called in the transaction of each file, dry runs too


def import_paths(importer: Importer, paths: Sequence[Path]) -> list[FileReport]:
    """Import the files and folders at ``paths``, customers first, each file whole or not at all.

    A file that is refused is reported with its error and leaves the others alone; when every one is, the first
    error is raised and nothing was changed.
    """
    importer.actor.require(Permission.IMPORT_LEDGER)
    files, refused = _recognised(importer, paths)
    items = OpenItems(files_to_come=sum(_lists_open_items(importer, file) for file in files))
    load = _try if importer.request.dry_run else _load_each
    reports = load(importer, files, items)
    reports = sorted([*reports, *refused], key=lambda one: _place(one.table))
    if all(report.error for report in reports):
        raise InputError(" ".join(report.error for report in reports))
    return reports


def _place(table: str) -> int:
    return list(Table).index(Table(table)) if table else len(Table)


def _recognised(importer: Importer, paths: Sequence[Path]) -> tuple[list[CsvFile], list[FileReport]]:
    """Return the files that are tables of a ledger, in loading order, and reports of the others."""
    with importer.open_session() as session:
        known = known_mappings(session)
        asked = mapping_named(known, importer.request.mapping) if importer.request.mapping else None
    files, refused = [], []
    for path in (file for given in paths for file in files_of(given)):
        try:
            files.append(recognise(path, asked, known, importer.names.get(path, "")))
        except RefusedError as error:
            refused.append(FileReport(path, importer.names.get(path, path.name), error=str(error)))
    files.sort(key=lambda file: (_place(file.table), file.path))
    return files, refused


def _lists_open_items(importer: Importer, file: CsvFile) -> bool:
    """Whether the file lists what is still open and nothing else: the person said so, or its mapping does."""
    by_mapping = file.mapping is not None and file.mapping.content == "open_items"
    return file.table is Table.INVOICES and (importer.request.open_items or by_mapping)


def _try(importer: Importer, files: Sequence[CsvFile], items: OpenItems) -> list[FileReport]:
    """Load everything in one transaction and take all of it back: invoices need the customers tried before them."""
    with importer.open_session() as session:
        reports = []
        for file in files:
            savepoint = session.begin_nested()
            try:
                reports.append(_load(session, importer, CsvReader(file), items))
                savepoint.commit()
            except RefusedError as error:
                savepoint.rollback()
                reports.append(FileReport(file.path, file.name, table=file.table.value, error=str(error)))
        session.rollback()
    return reports


def _load_each(importer: Importer, files: Sequence[CsvFile], items: OpenItems) -> list[FileReport]:
    return [_load_alone(importer, file, items) for file in files]


def _load_alone(importer: Importer, file: CsvFile, items: OpenItems) -> FileReport:
    try:
        reader = CsvReader(file)  # its first pass needs no transaction
        with importer.open_session() as session:
            return _load(session, importer, reader, items)
    except RefusedError as error:
        return FileReport(file.path, file.name, table=file.table.value, error=str(error))


def _load(session: Session, importer: Importer, reader: CsvReader, items: OpenItems) -> FileReport:
    """Load one file in the caller's transaction, and keep its report."""
    file = reader.file
    take_turn(session)
    settings, request = importer.settings, importer.request
    defaults = Defaults(
        settings.default_company, settings.default_currency, settings.default_terms_days, settings.timezone
    )
    loading = Loading(session, importer.actor, file, defaults, request.on, request.company)
    loading.open_items = items if _lists_open_items(importer, file) else None
    batch = open_batch(session, importer.actor, file)
    loading.batch_id = batch.id
    with localcontext(prec=_EXACT_DIGITS):
        done = 0
        first: Sequence[Any] = ()
        for some in reader.batches():
            first = first or some.records
            _LOADERS[file.table](loading, some)
            done += len(some.records) + len(some.rejects)
            importer.progress(file.path, done, reader.row_count)
        finish_allocations(loading)
    journal.close(session, batch.id)
    proposed = propose(loading)
    report = FileReport(
        file.path,
        file.name,
        "csv",
        file.table.value,
        file.mapping.name if file.mapping else "",
        loading.tally,
        reader.decisions,
        batch.id,
        sample=_sample(first, loading),
        companies=loading.companies_touched(),
        changes=changes_of(session, batch.id),
        proposed=proposed,
    )
    close_batch(session, importer.actor, batch, report, loading)
    importer.loaded(session, report)
    return report


def _sample(first: Sequence[Any], loading: Loading) -> tuple[Any, ...]:
    """Return the first records that were taken."""
    set_aside = {one.defect.line for one in loading.tally.set_aside}
    return tuple(islice((record for record in first if record.line not in set_aside), ROWS_SHOWN))
