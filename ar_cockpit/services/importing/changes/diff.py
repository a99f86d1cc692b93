"""What an import changes, told from its journal: counts by field, the first rows, or all of it as a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, TextIO

from sqlalchemy import select, text
from sqlmodel import Session, SQLModel, col

from ar_cockpit.db.json_rows import document_of
from ar_cockpit.db.tables import ImportChangeRow
from ar_cockpit.domain.access import Actor
from ar_cockpit.services.importing.changes.reach import batch_within_reach
from ar_cockpit.services.importing.changes.rows import NUMBERED, kept_columns, table_of
from ar_cockpit.services.importing.changes.words import Change, RowChange, Teller, called, is_told
from ar_cockpit.services.lists.exports import Cell, Sheet, csv_lines, harmless

ROWS_TOLD = 20
HEAD = ("change", "table", "company", "key", "field", "before", "after", "currency")
_PAGE = 1000
# Columns of a new row worth a line of the file; the import's file has the rest.
_OF_NEW = {
    *("company_id", "customer_id", "payment_id", "invoice_id", "code", "number", "name", "amount_minor", "currency"),
    *("invoice_on", "due_on", "paid_on", "allocated_on"),
}
_DIFFERENT = {
    "sqlite": "json_extract(c.after, '$.' || f.key) IS NOT f.value",
    "postgresql": "(c.after::jsonb -> f.key) IS DISTINCT FROM f.value",
}
_FIELDS = {"sqlite": "json_each(c.before) AS f", "postgresql": "jsonb_each(c.before::jsonb) AS f(key, value)"}


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many rows of a table an import changes in one field."""

    table: str
    field: str
    count: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import changes: how many values by field, how many rows go, and the first changed rows."""

    fields: tuple[FieldCount, ...] = ()
    rows: tuple[RowChange, ...] = ()
    changed: int = 0
    removed: int = 0

    def document(self) -> dict[str, Any]:
        """Return it as plain values, for JSON."""
        return asdict(self)


def changes_of(session: Session, batch_id: int) -> Changes:
    """Return what the import ``batch_id`` changed; its journal is closed."""
    own = "FROM import_change c WHERE c.batch_id = :batch AND c.before IS NOT NULL"
    counted = session.execute(
        text(f"SELECT COUNT(c.after), COUNT(*) - COUNT(c.after) {own}"),
        {"batch": batch_id},
    ).one()
    if not any(counted):
        return Changes()
    first = list(islice(_journal(session, batch_id, with_before=True), ROWS_TOLD))
    teller = Teller(session, first)
    return Changes(_field_counts(session, batch_id), tuple(teller.tell(one) for one in first), *map(int, counted))


def all_changes(session: Session, batch_id: int) -> Iterator[RowChange]:
    """Yield every row that the import changed, removed or made, in that order."""
    found = _everything(session, batch_id)
    while some := list(islice(found, _PAGE)):
        teller = Teller(session, some)
        yield from map(teller.tell, some)


def as_sheet(changes: Iterator[RowChange]) -> Sheet:
    """Return changes as a table with one line for each value."""
    return Sheet("Changes", HEAD, _lines(changes))


def as_csv(session: Session, actor: Actor, batch_id: int) -> Iterator[str]:
    """Return the whole difference of a past import as the lines of a CSV file, for those who may take it back."""
    batch_within_reach(session, actor, batch_id)
    return csv_lines(as_sheet(all_changes(session, batch_id)))


def appending_to(stream: TextIO) -> Callable[[Session, Any], None]:
    """Return what writes the difference of each file of an import into ``stream``, one head for all of them."""
    stream.write("\ufeff")
    write = csv.writer(stream).writerow
    write(HEAD)

    def append(session: Session, report: Any) -> None:
        for row in _lines(all_changes(session, report.batch_id)):
            write([harmless(cell) for cell in row])

    return append


def _lines(changes: Iterator[RowChange]) -> Iterator[tuple[Cell, ...]]:
    for one in changes:
        for field in one.fields:
            yield one.outcome, one.table, one.company, one.key, field.field, field.old, field.new, field.currency


def _field_counts(session: Session, batch_id: int) -> tuple[FieldCount, ...]:
    dialect = session.get_bind().dialect.name
    question = (
        f"SELECT c.table_name, f.key, COUNT(*) AS n FROM import_change c, {_FIELDS[dialect]}"
        " WHERE c.batch_id = :batch AND c.before IS NOT NULL AND c.after IS NOT NULL"
        f" AND {_DIFFERENT[dialect]} GROUP BY c.table_name, f.key ORDER BY n DESC, c.table_name, f.key"
    )
    found = session.execute(text(question), {"batch": batch_id})
    return tuple(FieldCount(table, called(column), int(n)) for table, column, n in found if is_told(column))


def _everything(session: Session, batch_id: int) -> Iterator[Change]:
    yield from _journal(session, batch_id, with_before=True)
    for row_class in NUMBERED:
        yield from _made(session, row_class, batch_id)
    yield from _journal(session, batch_id, with_before=False)


def _journal(session: Session, batch_id: int, *, with_before: bool) -> Iterator[Change]:
    change, last = ImportChangeRow, 0
    has_before = col(change.before).is_not(None) if with_before else col(change.before).is_(None)
    question = select(col(change.id), col(change.table_name), col(change.before), col(change.after))
    question = question.where(col(change.batch_id) == batch_id, has_before).order_by(col(change.id)).limit(_PAGE)
    while some := session.execute(question.where(col(change.id) > last)).all():
        yield from (Change(table, before, after) for _, table, before, after in some)
        last = some[-1][0]


def _made(session: Session, row_class: type[SQLModel], batch_id: int) -> Iterator[Change]:
    table, last = table_of(row_class), 0
    columns = [column for column in kept_columns(row_class) if column.name in _OF_NEW]
    question = select(table.c.id, document_of(session, columns)).where(table.c.import_batch_id == batch_id)
    question = question.order_by(table.c.id).limit(_PAGE)
    while some := session.execute(question.where(table.c.id > last)).all():
        yield from (
            Change(table.name, None, json.loads(document) if isinstance(document, str) else document)
            for _, document in some
        )
        last = some[-1][0]
