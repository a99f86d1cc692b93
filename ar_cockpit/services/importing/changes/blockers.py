"""What stands in the way of taking an import back: everything that was built on its rows since.

A row the import made may be referred to by nothing that came from elsewhere. A row it changed must still be as it
left it, and nobody may have acted on it since.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from ar_cockpit.db.json_rows import are_same, document_of
from ar_cockpit.db.tables import AllocationRow, ImportBatchRow, ImportChangeRow, SettlementProposalRow
from ar_cockpit.services.importing.changes.rows import JOURNALED, NUMBERED, kept_columns, references_to, table_of

LATER_IMPORT, CHANGED_SINCE, SETTLED, OTHER = "later_import", "changed_since", "settled", "other"
TAKEN_OVER = "taken_over"  # by an earlier year, of what later years' imports had brought: nobody could give it back
_KINDS = {
    "allocation": "payments",
    "contact": "contacts",
    "dispute": "disputes",
    "document": "documents",
    "hold": "holds",
    "invoice": "invoices",
    "message": "messages",
    "message_item": "messages",
    "message_paper": "messages",
    "payment": "payments",
    "promise": "promises",
    "promise_invoice": "promises",
    "touchpoint": "notes",
}
# Items count as the thing they belong to.
_COUNTED_BY = {"message_item": "message_row_id", "message_paper": "message_row_id", "promise_invoice": "promise_id"}
_REFERRED_TO = ("customer", "contact", "invoice", "payment")


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why an import cannot be taken back: what it is, how many, and which, where that helps."""

    kind: str
    count: int
    which: str = ""


def blockers_of(session: Session, batch: ImportBatchRow) -> list[Blocker]:
    """Return everything that was built on the import since, each once, the most frequent first."""
    found: dict[tuple[str, str], Blocker] = {}
    taken_over = Blocker(TAKEN_OVER, int(batch.report.get("fec", {}).get("taken_over", 0)))
    for one in (taken_over, *_all(session, batch.id, batch.report.get("marks", {}))):
        known = found.get((one.kind, one.which))
        if one.count and (known is None or known.count < one.count):
            found[one.kind, one.which] = one
    return sorted(found.values(), key=lambda one: (-one.count, one.kind, one.which))


def _all(session: Session, batch_id: int, marks: Mapping[str, int]) -> Iterator[Blocker]:
    yield from _later_imports(session, batch_id)
    for target in _REFERRED_TO:
        made = made_by(target, batch_id)
        if session.execute(made.limit(1)).first():
            for column in references_to(target):
                yield _referring(session, column, column.in_(made), batch_id)
    yield from _acts_on_changed(session, batch_id, marks)
    for name in JOURNALED:
        yield Blocker(CHANGED_SINCE, _changed_since(session, name, batch_id), name)
    proposal = SettlementProposalRow
    accepted = and_(col(proposal.batch_id) == batch_id, col(proposal.state) == "accepted")
    yield Blocker(SETTLED, _count(session, col(proposal.id), accepted))


def made_by(target: str, batch_id: int) -> Select[Any]:
    """Return the keys of the rows of a table that the import made."""
    row_class = JOURNALED[target]
    if row_class in NUMBERED:
        table = table_of(row_class)
        return select(table.c.id).where(table.c.import_batch_id == batch_id)
    return journaled(target, batch_id, col(ImportChangeRow.before).is_(None))


def journaled(target: str, batch_id: int, which: ColumnElement[bool]) -> Select[Any]:
    """Return the keys of the rows of a table that the import's journal knows."""
    change = ImportChangeRow
    keys = select(col(change.row_id)).where(col(change.batch_id) == batch_id, col(change.table_name) == target)
    return keys.where(which)


def _later_imports(session: Session, batch_id: int) -> Iterator[Blocker]:
    """Return the rows of this import that later ones changed or removed, by later import."""
    later, own = aliased(ImportChangeRow), aliased(ImportChangeRow)
    in_both = exists().where(
        col(own.batch_id) == batch_id,
        col(own.table_name) == col(later.table_name),
        col(own.row_id) == col(later.row_id),
    )
    question = (
        select(col(later.batch_id), col(ImportBatchRow.file_name), func.count())
        .join(ImportBatchRow, col(ImportBatchRow.id) == col(later.batch_id))
        .where(col(later.batch_id) > batch_id, or_(col(later.made_by) == batch_id, in_both))
        .group_by(col(later.batch_id), col(ImportBatchRow.file_name))
    )
    for later_id, file_name, count in session.execute(question):
        yield Blocker(LATER_IMPORT, int(count), f"#{later_id} {file_name}")


def _referring(session: Session, column: Any, which: ColumnElement[bool], batch_id: int) -> Blocker:
    """Count what refers to the import's rows and came neither with it nor was changed by it."""
    table, change = column.table, ImportChangeRow
    own: Any = table.c.import_batch_id == batch_id if "import_batch_id" in table.c else None
    known = exists().where(
        col(change.batch_id) == batch_id, col(change.table_name) == table.name, col(change.row_id) == table.c.id
    )
    others = and_(which, ~known, true() if own is None else or_(own.is_(None), ~own))
    counted = table.c[_COUNTED_BY.get(table.name, "id")]
    kind = _KINDS.get(table.name, OTHER)
    return Blocker(kind, _count(session, counted, others), table.name if kind == OTHER else "")


def _acts_on_changed(session: Session, batch_id: int, marks: Mapping[str, int]) -> Iterator[Blocker]:
    """Count what people and later imports did since on invoices and payments that the import changed."""
    changed = col(ImportChangeRow.before).is_not(None)
    for target in ("invoice", "payment"):
        keys = journaled(target, batch_id, changed)
        allocations = table_of(AllocationRow)
        since = allocations.c.import_batch_id > batch_id
        yield _referring(session, allocations.c[f"{target}_id"], allocations.c[f"{target}_id"].in_(keys) & since, 0)
    for column in references_to("invoice"):
        mark = marks.get(column.table.name)
        if mark is not None:
            since = column.table.c.id > mark
            yield _referring(session, column, since & column.in_(journaled("invoice", batch_id, changed)), batch_id)


def _changed_since(session: Session, name: str, batch_id: int) -> int:
    """Count the rows of a table that are not as the import left them; companies may be."""
    row_class, change = JOURNALED[name], ImportChangeRow
    if name == "company":
        return 0
    table = table_of(row_class)
    now = document_of(session, kept_columns(row_class))
    same = exists().where(table.c.id == col(change.row_id), are_same(session, col(change.after), now))
    later = aliased(ImportChangeRow)
    told_already = exists().where(
        col(later.batch_id) > batch_id, col(later.table_name) == name, col(later.row_id) == col(change.row_id)
    )
    differs = and_(col(change.after).is_not(None), ~same)
    if row_class in NUMBERED:  # SQLite gives the key of a removed row to the next one
        again = exists().where(table.c.id == col(change.row_id), table.c.import_batch_id > batch_id)
        differs = or_(differs, and_(col(change.after).is_(None), again))
    ours = and_(col(change.batch_id) == batch_id, col(change.table_name) == name)
    return _count(session, col(change.id), and_(ours, differs, ~told_already))


def _count(session: Session, counted: Any, which: ColumnElement[bool]) -> int:
    return int(session.execute(select(func.count(func.distinct(counted))).where(which)).scalar_one())
