"""The record of every import: its report, the rows set aside, and the mapping, found again by the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from ar_cockpit.db.bulk import upsert
from ar_cockpit.db.tables import ImportBatchRow, QuarantinedRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.domain.errors import InputError
from ar_cockpit.importing.records import Defect
from ar_cockpit.importing.tabular.csv_file import CsvFile
from ar_cockpit.importing.tabular.mapping import Mapping, load, parse, shipped
from ar_cockpit.services import audit
from ar_cockpit.services.clock import now
from ar_cockpit.services.importing.loading.context import Loading
from ar_cockpit.services.importing.report import FileReport

_MAPPING_TEXT = "mapping_text"
_LONGEST_CELL = 2000
_COLUMNS = ("batch_id", "severity", "line", "column", "value", "reason", "raw")


def known_mappings(session: Session) -> list[Mapping]:
    """Return the mappings used before, newest first, then those that come with the product."""
    used = session.exec(
        select(ImportBatchRow.mapping, ImportBatchRow.report)
        .where(ImportBatchRow.mapping != "")
        .order_by(col(ImportBatchRow.id).desc())
    )
    found: dict[str, Mapping] = {}
    for name, report in used:
        if report.get(_MAPPING_TEXT) and name not in found:
            found[name] = parse(report[_MAPPING_TEXT], name)
    return [*found.values(), *(one for one in shipped() if one.name not in found)]


def mapping_named(known: Sequence[Mapping], name_or_path: str) -> Mapping:
    """Return the mapping in that file or of that name; raise ``InputError`` when there is neither."""
    found = load(name_or_path) or next((one for one in known if one.name == name_or_path), None)
    if found is None:
        names = ", ".join(one.name for one in known)
        raise InputError(f"There is no mapping {name_or_path}.", f"Give a TOML file, or one of: {names}.")
    return found


def open_batch(session: Session, actor: Actor, file: CsvFile) -> ImportBatchRow:
    """Begin the record of one file's import."""
    batch = ImportBatchRow(
        file_name=file.name,
        format=file.format,
        sha256=file.facts.sha256,
        size_bytes=file.facts.size,
        mapping=file.mapping.name if file.mapping else "",
        header=line_of(file.header, file.delimiter),
        state="loaded",
        started_at=now(),
        imported_by=actor.email,
    )
    session.add(batch)
    session.flush()
    return batch


def close_batch(session: Session, actor: Actor, batch: ImportBatchRow, report: FileReport, loading: Loading) -> None:
    """Keep the report with the rows set aside, and say in the audit trail what changed."""
    tally = report.tally
    is_changed = bool(tally.created.total() + tally.updated.total())
    batch.state = "loaded_in_part" if tally.set_aside else "loaded" if is_changed else "unchanged"
    batch.ended_at = now()
    batch.company_id = next(iter(loading.touched)) if len(loading.touched) == 1 else None
    summary = report.summary()
    mapping = loading.file.mapping
    told = {"delimiter": loading.file.delimiter, "set_aside": len(tally.set_aside), "warnings": len(tally.warnings)}
    batch.report = summary | told | ({_MAPPING_TEXT: mapping.text} if mapping else {})
    session.add(batch)
    session.flush()
    delimiter = loading.file.delimiter
    set_aside = [_row(batch.id, "quarantined", one.defect, one.cells, delimiter) for one in tally.set_aside]
    warnings = [_row(batch.id, "warning", one, (), delimiter) for one in tally.warnings]
    upsert(session, QuarantinedRow, _COLUMNS, [*set_aside, *warnings])
    if is_changed:
        after = {key: summary[key] for key in ("created", "updated", "totals")} | {"file": batch.file_name}
        audit.record(session, actor, "ledger.import", ("import_batch", str(batch.id)), after=after)


def _row(batch_id: int, severity: str, defect: Defect, cells: Sequence[str], delimiter: str) -> tuple[Any, ...]:
    value = _stored(defect.value)[:_LONGEST_CELL]
    return (batch_id, severity, defect.line, defect.column, value, defect.reason, _stored(line_of(cells, delimiter)))


def _stored(text: str) -> str:
    """Return ``text`` without the one character that PostgreSQL cannot keep."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def line_of(cells: Sequence[str], delimiter: str) -> str:
    """Return ``cells`` as one CSV record without its line end."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="").writerow(cells)
    return stream.getvalue()
