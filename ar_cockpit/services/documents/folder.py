"""Attach a whole folder of PDFs by the invoice numbers in their names; twice the same folder adds nothing."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.queries import documents as stored
from ar_cockpit.db.queries.documents import DocumentedInvoice
from ar_cockpit.db.tables import InvoiceRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.documents.matching import Key, candidates, decide, exact_key, number_key
from ar_cockpit.domain.errors import InputError, RefusedError
from ar_cockpit.services import audit
from ar_cockpit.services.documents.attach import FOLDER, Addition, OpenSession, lock, write
from ar_cockpit.services.documents.storage import CHUNK, Incoming, Kept, receiving, store
from ar_cockpit.services.people import companies
from ar_cockpit.settings import Settings

_AUDITED_AT_ONCE = 500
_NAMED = 3  # invoices a sentence names before it only counts


class Result(StrEnum):
    """What became of a file."""

    ATTACHED = "attached"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"


LEFT_OUT = frozenset({Result.UNKNOWN, Result.AMBIGUOUS, Result.REFUSED})


@dataclass(slots=True)
class FileResult:
    """One file of the folder: what became of it, by which rule, and why if nothing did."""

    path: Path
    name: str
    result: Result = Result.UNKNOWN
    invoice: DocumentedInvoice | None = None
    rule: str = ""
    reason: str = ""
    kept: Kept | None = None

    def leave_out(self, result: Result, reason: str) -> None:
        """Say why nothing is done with it."""
        self.result, self.reason = result, reason


@dataclass(frozen=True, slots=True)
class FolderImport:
    """Who attaches which folder, into which company, where to."""

    open_session: OpenSession
    actor: Actor
    settings: Settings
    at: datetime
    company: str = ""
    dry_run: bool = False
    progress: Callable[[int, int], None] = field(default=lambda _done, _total: None)


def import_folder(given: FolderImport, folder: Path) -> list[FileResult]:
    """Attach what the folder's names say for certain, in one transaction; return what became of each file.

    Raises ``InputError`` when there is no such folder, or nothing in it.
    """
    given.actor.scope(Permission.IMPORT_LEDGER)
    kept = store(given.settings)  # a store that cannot be used is told before anything is read
    files = _files_of(folder)
    with given.open_session() as session:
        _find_invoices(session, given, files)
    found = [file for file in files if file.invoice]
    for done, file in enumerate(found, 1):
        _look_into(file, given.settings)
        given.progress(done, len(found))
    wanted = _one_for_each_invoice(file for file in found if file.kept)
    with given.open_session() as session:
        wanted = _new_ones(session, wanted)
        if given.dry_run:
            return files
    for file in wanted:
        with receiving(given.settings) as incoming:
            _read(file.path, incoming)
            file.kept = kept.keep(incoming)
    with given.open_session() as session:
        lock(session, [file.invoice.invoice_id for file in wanted if file.invoice])
        wanted = _new_ones(session, wanted)  # somebody may have been quicker
        _attach(session, given, wanted)
        for file in wanted:
            if file.kept and not kept.holds(file.kept.sha256):
                with file.path.open("rb") as again:
                    kept.put(file.kept.sha256, again)
    return files


def _files_of(folder: Path) -> list[FileResult]:
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder.", "Name the folder that holds the PDFs.")
    paths = sorted(
        Path(where, name)
        for where, _, names in os.walk(folder, followlinks=False)
        for name in names
        if not name.startswith(".") and name not in {"Thumbs.db", "desktop.ini"}
    )
    if not paths:
        raise InputError(f"There is no file in {folder}.", "Name the folder that holds the PDFs.")
    files = [FileResult(path, str(path.relative_to(folder))) for path in paths]
    for file in files:
        if file.path.is_symlink():
            file.leave_out(Result.REFUSED, "It is a link to another file.")
        elif file.path.suffix.lower() != ".pdf":
            file.leave_out(Result.REFUSED, "Its name does not end with .pdf.")
    return files


def _find_invoices(session: Session, given: FolderImport, files: list[FileResult]) -> None:
    """Look every number of the ledger up among the names, in one pass over narrow rows."""
    meant = {file.name: candidates(file.path.name) for file in files if not file.reason}
    asked = {key.text for matches in meant.values() for match in matches for key in match.keys}
    chosen = companies.chosen_companies(session, given.actor, Permission.IMPORT_LEDGER, given.company)
    known: dict[str, list[tuple[Key, int]]] = defaultdict(list)
    invoices: dict[int, DocumentedInvoice] = {}
    for one in stored.every_number(session, among(session, col(InvoiceRow.company_id), chosen)):
        for key in (exact_key(one.number), number_key(one.number)):
            if key.text in asked:
                known[key.text].append((key, one.invoice_id))
                invoices[one.invoice_id] = one
    for file in files:
        if file.reason:
            continue
        rule, found = decide(meant[file.name], known)
        if rule is None:
            file.leave_out(Result.UNKNOWN, "No invoice has this number.")
        elif len(found) > 1:
            file.leave_out(Result.AMBIGUOUS, _several([invoices[key] for key in found]))
        else:
            file.invoice, file.rule = invoices[found[0]], rule.value


def _several(found: list[DocumentedInvoice]) -> str:
    named = [f"{one.number} ({one.company_code})" for one in found[:_NAMED]]
    more = f" or {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    mend = " Choose with --company." if len({one.company_code for one in found}) > 1 else ""
    return f"It may be {' or '.join(named)}{more}.{mend}"


def _look_into(file: FileResult, settings: Settings) -> None:
    """Check the file and learn its hash; nothing is kept yet."""
    try:
        with receiving(settings) as incoming:
            _read(file.path, incoming)
            file.kept = incoming.check()
    except OSError as error:
        file.leave_out(Result.REFUSED, f"It cannot be read: {error.strerror}.")
    except RefusedError as error:
        file.leave_out(Result.REFUSED, str(error))


def _read(path: Path, incoming: Incoming) -> None:
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            incoming.write(chunk)


def _one_for_each_invoice(files: Iterable[FileResult]) -> list[FileResult]:
    """Return one file for each invoice; several different ones are for a person to choose from."""
    groups: dict[int, list[FileResult]] = defaultdict(list)
    for file in files:
        if file.invoice:
            groups[file.invoice.invoice_id].append(file)
    chosen = []
    for group in groups.values():
        first, *others = group
        if all(one.kept == first.kept for one in others):
            chosen.append(first)
            for one in others:
                one.leave_out(Result.UNCHANGED, f"It is the same file as {first.name}.")
            continue
        for one in group:
            rest = ", ".join(other.name for other in group if other is not one)
            one.leave_out(Result.AMBIGUOUS, f"Another file has the same number: {rest}.")
    return chosen


def _new_ones(session: Session, files: list[FileResult]) -> list[FileResult]:
    """Return the files whose content their invoice never had, and say of each what attaching it does."""
    ids = [file.invoice.invoice_id for file in files if file.invoice]
    had = stored.contents(session, ids)
    with_one = {invoice_id for invoice_id, _ in had}
    new = []
    for file in files:
        if not file.invoice or not file.kept:
            continue
        key = file.invoice.invoice_id
        if (key, file.kept.sha256) in had:
            file.result = Result.UNCHANGED
        else:
            file.result = Result.REPLACED if key in with_one else Result.ATTACHED
            new.append(file)
    return new


def _attach(session: Session, given: FolderImport, files: list[FileResult]) -> None:
    added = [Addition(file.invoice, file.kept, file.path.name) for file in files if file.invoice and file.kept]
    if not added:
        return
    write(session, given.actor, added, FOLDER, given.at)
    for start in range(0, len(added), _AUDITED_AT_ONCE):
        some = added[start : start + _AUDITED_AT_ONCE]
        told = {f"{one.invoice.company_code}/{one.invoice.number}": one.kept.sha256 for one in some}
        audit.record(session, given.actor, "document.import", ("documents", f"{len(some)} invoices"), after=told)
