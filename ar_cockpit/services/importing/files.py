"""Importing files: recognise them, then load each in one transaction, all its good rows or none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from ar_cockpit.db.held import forget_pages, give_back
from ar_cockpit.domain.access import Permission
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.importing.fec.header import FecFile, recognise_fec
from ar_cockpit.importing.folder import files_of
from ar_cockpit.importing.records import Table
from ar_cockpit.importing.tabular.csv_file import ANYTHING, recognise
from ar_cockpit.importing.tabular.mapping import Mapping
from ar_cockpit.services.importing import in_bulk
from ar_cockpit.services.importing.ahead import begun, exact_and_swift
from ar_cockpit.services.importing.batches import known_mappings, mapping_named
from ar_cockpit.services.importing.fec.years import FORMAT as FEC
from ar_cockpit.services.importing.importer import Importer
from ar_cockpit.services.importing.loading.open_items import OpenItems
from ar_cockpit.services.importing.one_file import Source, batches_of, lists_open_items, load, reading, table_of
from ar_cockpit.services.importing.report import FileReport

# Files are loaded in this order: documents need customers, and what a CSV says comes after what a FEC says.
_ORDER = (Table.CUSTOMERS.value, FEC, Table.INVOICES.value, Table.PAYMENTS.value, Table.ALLOCATIONS.value)


def import_paths(importer: Importer, paths: Sequence[Path]) -> list[FileReport]:
    """Import the files and folders at ``paths``, customers first, each file whole or not at all.

    A file that is refused is reported with its error and leaves the others alone; when every one is, the first
    error is raised and nothing was changed.
    """
    importer.actor.require(Permission.IMPORT_LEDGER)
    files, refused = _recognised(importer, paths)
    items = OpenItems(files_to_come=sum(lists_open_items(importer, file) for file in files))
    load_all = _try if importer.request.dry_run else _load_each
    reports = load_all(importer, files, items)
    reports = sorted([*reports, *refused], key=lambda one: _place(one.table))
    if all(report.error for report in reports):
        raise InputError(" ".join(report.error for report in reports))
    return reports


def _place(table: str) -> int:
    return _ORDER.index(table) if table else len(_ORDER)


def _order(file: Source) -> tuple[int, date, Path]:
    """Return what files are sorted by; years follow each other."""
    return _place(table_of(file)), file.begins_on if isinstance(file, FecFile) else date.min, file.path


def _recognised(importer: Importer, paths: Sequence[Path]) -> tuple[list[Source], list[FileReport]]:
    """Return the files that are tables of a ledger, in loading order, and reports of the others."""
    with importer.open_session() as session:
        known = known_mappings(session)
        asked = mapping_named(known, importer.request.mapping) if importer.request.mapping else None
    files: list[Source] = []
    refused = []
    for path in (file for given in paths for file in files_of(given)):
        try:
            files.append(_source(importer, path, importer.mappings.get(path, asked), known))
        except RefusedError as error:
            refused.append(FileReport(path, importer.names.get(path, path.name), error=str(error)))
    files.sort(key=_order)
    return files, refused


def _source(importer: Importer, path: Path, mapping: Mapping | None, known: Sequence[Mapping]) -> Source:
    """Return the file at ``path`` as what it is, or as what it is told to be."""
    name, asked = importer.names.get(path, ""), importer.request.asked
    may_be_fec = not mapping and asked.format in {ANYTHING.format, FEC}
    fec = recognise_fec(path, name, is_asked=asked.format == FEC) if may_be_fec else None
    return fec or recognise(path, mapping, known, name, asked)


def _try(importer: Importer, files: Sequence[Source], items: OpenItems) -> list[FileReport]:
    """Load everything in one transaction and take all of it back: invoices need the customers tried before them."""
    reports, read = [], []
    with exact_and_swift(), ExitStack() as opened:
        for file in files:
            try:
                reader = opened.enter_context(reading(importer, file))
                read.append((file, reader, begun(batches_of(reader))))  # before anybody has to wait for it
            except RefusedError as error:
                reports.append(_refused(file, error))
        with importer.open_session() as session:
            for file, reader, batches in read:
                savepoint = session.begin_nested()
                try:
                    reports.append(load(session, importer, reader, batches, items))
                    savepoint.commit()
                except RefusedError as error:
                    savepoint.rollback()
                    reports.append(_refused(file, error))
            session.rollback()
    return reports


def _refused(file: Source, error: RefusedError) -> FileReport:
    return FileReport(file.path, file.name, table=table_of(file), error=str(error))


def _load_each(importer: Importer, files: Sequence[Source], items: OpenItems) -> list[FileReport]:
    return [_load_alone(importer, file, items) for file in files]


def _load_alone(importer: Importer, file: Source, items: OpenItems) -> FileReport:
    try:
        # The first pass needs no transaction.
        with exact_and_swift(), reading(importer, file) as reader:
            batches = begun(batches_of(reader))  # SQLite has one writer: as much as fits is read before
            with importer.open_session() as session:
                report = load(session, importer, reader, batches, items)
                is_long = report.tally.total_in.count >= in_bulk.MANY_ROWS
                if is_long:
                    forget_pages(session)
    except RefusedError as error:
        return _refused(file, error)
    if is_long:
        give_back()  # the next file would add its own to what this one leaves, and a server lives on
    return report
