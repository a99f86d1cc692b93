"""Past imports and the rows they set aside, for those who may import."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from ar_cockpit.db.queries.scope import company_clause
from ar_cockpit.db.streaming import stream
from ar_cockpit.db.tables import CompanyRow, ImportBatchRow, QuarantinedRow
from ar_cockpit.domain.access import Actor, Permission
from ar_cockpit.domain.errors import NotFoundError
from ar_cockpit.importing.tabular.columns import NOTE_COLUMNS
from ar_cockpit.importing.tabular.survey import as_remembered
from ar_cockpit.services.lists.exports import harmless

QUARANTINED, WARNING = "quarantined", "warning"


@dataclass(frozen=True, slots=True)
class PastImport:
    """One imported file and what became of it; ``report`` is the one of the command line, without its rows."""

    batch_id: int
    file_name: str
    state: str
    mapping: str
    company: str
    imported_by: str
    started_at: datetime
    ended_at: datetime | None
    header: str
    report: dict[str, Any]

    @property
    def set_aside(self) -> int:
        """The number of rows that were not imported."""
        return int(self.report["totals"]["quarantined"]["count"])


@dataclass(frozen=True, slots=True)
class Remark:
    """One row set aside, or one warning about a row that was imported."""

    line: int
    column: str
    value: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One past import with a page of its remarks, how many there are about what, and the one chosen by its line."""

    one: PastImport
    remarks: list[Remark]
    counts: list[tuple[str, str, int]]  # severity, column, how many
    chosen: Remark | None

    def cells(self) -> list[tuple[str, str]]:
        """Return the cells of the chosen row beside the names of their columns."""
        if self.chosen is None or not self.chosen.raw:
            return []
        delimiter = self.one.report.get("delimiter", ",")
        header, cells = (
            next(csv.reader([line], delimiter=delimiter), []) for line in (self.one.header, self.chosen.raw)
        )
        return list(zip(header, cells, strict=False))


def past_imports(session: Session, actor: Actor, *, offset: int = 0, limit: int = 20) -> tuple[list[PastImport], int]:
    """Return some of the imports ``actor`` may see, newest first, and how many there are."""
    visible = _visible(actor)
    total = session.exec(select(func.count()).select_from(ImportBatchRow).where(visible)).one()
    newest = _imports().where(visible).order_by(col(ImportBatchRow.id).desc()).offset(offset).limit(limit)
    return [PastImport(*row) for row in session.execute(newest)], total


def past_import(session: Session, actor: Actor, batch_id: int) -> PastImport:
    """Return one import; raise ``NotFoundError`` when there is none that ``actor`` may see."""
    row = session.execute(_imports().where(_visible(actor), col(ImportBatchRow.id) == batch_id)).first()
    if row is None:
        raise NotFoundError("There is no such import.", "Choose one from the list.")
    return PastImport(*row)


def detail(  # noqa: PLR0913 (what a page asks for)
    session: Session, actor: Actor, batch_id: int, severity: str, *, column: str | None, page: int, size: int, line: int
) -> Detail:
    """Return one import with ``size`` of its remarks; ``column`` keeps those about one column, ``line`` chooses one."""
    one = past_import(session, actor, batch_id)
    found = _remarks(session, _of(one, severity, column), offset=(page - 1) * size, limit=size)
    on_line = (*_of(one, severity, column), col(QuarantinedRow.line) == line)
    chosen = next(iter(_remarks(session, on_line, limit=1)), None)
    return Detail(one, found, _counts(session, one), chosen)


def _remarks(session: Session, wanted: tuple[ColumnElement[bool], ...], *, offset: int = 0, limit: int) -> list[Remark]:
    return [Remark(*found) for found in session.execute(_all_remarks(wanted).offset(offset).limit(limit))]


def _all_remarks(wanted: tuple[ColumnElement[bool], ...]) -> sqlalchemy.Select[Any]:
    row = QuarantinedRow
    columns: list[Any] = [row.line, row.column, row.value, row.reason, row.raw]
    question: sqlalchemy.Select[Any] = sqlalchemy.select(*columns)
    return question.where(*wanted).order_by(col(row.line), col(row.id))


def _counts(session: Session, one: PastImport) -> list[tuple[str, str, int]]:
    severity, column, count = col(QuarantinedRow.severity), col(QuarantinedRow.column), func.count()
    question = (
        sqlalchemy.select(severity, column, count)
        .where(col(QuarantinedRow.batch_id) == one.batch_id)
        .group_by(severity, column)
        .order_by(count.desc(), column)
    )
    return [(kind, name, int(number)) for kind, name, number in session.execute(question)]


def rows_to_correct(session: Session, actor: Actor, batch_id: int) -> Iterator[str]:
    """Yield the rows set aside as a file to correct and import again: the header, the cells, and what was wrong.

    Cells that a spreadsheet would run are neutralised; the reader knows the file again and takes that back.
    """
    one = past_import(session, actor, batch_id)
    delimiter = one.report.get("delimiter", ",")
    header = next(csv.reader([one.header], delimiter=delimiter), [])
    read_as = as_remembered(one.report.get("decisions", []))
    yield "\ufeff" + _line([*header, *NOTE_COLUMNS], delimiter)
    for found in stream(session, _all_remarks(_of(one, QUARANTINED, None))):
        remark = Remark(*found)
        cells = next(csv.reader([remark.raw], delimiter=delimiter), [])
        padded = [*cells, *[""] * (len(header) - len(cells))]
        yield _line([*padded, str(remark.line), remark.column, remark.reason, read_as], delimiter)


def _line(cells: list[str], delimiter: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter).writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def _imports() -> sqlalchemy.Select[Any]:
    row = ImportBatchRow
    columns: list[Any] = [
        *(row.id, row.file_name, row.state, row.mapping, func.coalesce(CompanyRow.name, "")),
        *(row.imported_by, row.started_at, row.ended_at, row.header, row.report),
    ]
    question: sqlalchemy.Select[Any] = sqlalchemy.select(*columns)
    return question.outerjoin(CompanyRow, col(CompanyRow.id) == col(row.company_id))


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Return the imports of the actor's companies; one into several companies is for its author and those of all."""
    scope = actor.scope(Permission.IMPORT_LEDGER)
    own = col(ImportBatchRow.imported_by) == actor.email
    into: Any = col(ImportBatchRow.company_id)
    return or_(own, company_clause(scope, into))


def _of(one: PastImport, severity: str, column: str | None) -> tuple[ColumnElement[bool], ...]:
    wanted = (col(QuarantinedRow.batch_id) == one.batch_id, col(QuarantinedRow.severity) == severity)
    return wanted if column is None else (*wanted, col(QuarantinedRow.column) == column)
