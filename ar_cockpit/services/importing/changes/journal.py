"""The journal of an import: the rows it changes as they were, written by the database in one statement each time.

The first state that an import meets is the one that is kept; rows made by the same import need none.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, delete, func, literal, null, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from ar_cockpit.db.bulk import among
from ar_cockpit.db.json_rows import are_same, document_of
from ar_cockpit.db.tables import DisputeRow, ImportChangeRow
from ar_cockpit.domain.calendar import OPEN_END
from ar_cockpit.services.importing.changes.rows import JOURNALED, kept_columns, references_to, table_of


class Importing(Protocol):
    """What the journal needs of an import that is under way."""

    @property
    def session(self) -> Session:
        """The transaction it runs in."""

    @property
    def batch_id(self) -> int | None:
        """Its number; without one nothing is kept."""


_COLUMNS = ("batch_id", "table_name", "row_id", "made_by", "before")


def note(loading: Importing, row_class: type[SQLModel], ids: Collection[int], *, by: str = "id") -> None:
    """Keep the rows that are about to change or go, found by their column ``by``."""
    _write(loading, row_class, ids, by)


def note_made(loading: Importing, row_class: type[SQLModel], ids: Collection[int], *, by: str = "id") -> None:
    """Keep that these rows were made, in tables whose rows do not know their import."""
    _write(loading, row_class, ids, by, is_made=True)


def note_disputes_that_may_end(loading: Importing, invoice_ids: Collection[int]) -> None:
    """Keep the disputes that end by themselves when their invoices are settled; call it before open amounts change."""
    running = and_(col(DisputeRow.opened_on_is_known).is_(False), col(DisputeRow.closed_on) == OPEN_END)
    _write(loading, DisputeRow, invoice_ids, "invoice_id", only=running)


def close(session: Session, batch_id: int) -> None:
    """Keep how the import leaves the rows of the journal; what it left as it was is no change."""
    session.flush()
    change = ImportChangeRow
    own = col(change.batch_id) == batch_id
    for name in session.execute(select(col(change.table_name)).where(own).distinct()).scalars().all():
        row_class = JOURNALED[name]
        table = table_of(row_class)
        after = select(document_of(session, kept_columns(row_class))).where(table.c.id == col(change.row_id))
        session.execute(
            update(change)
            .where(own, col(change.table_name) == name)
            .values(after=after.scalar_subquery())
            .execution_options(synchronize_session=False)
        )
    alike = are_same(session, col(change.before), col(change.after))
    session.execute(delete(change).where(own, alike).execution_options(synchronize_session=False))


def marks(session: Session) -> dict[str, int]:
    """Return the last row of each table in which people act on invoices: what comes later came after the import."""
    tables = {column.table for column in references_to("invoice")}
    found = {}
    for table in sorted((one for one in tables if "import_batch_id" not in one.c), key=lambda one: one.name):
        found[table.name] = int(session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())
    return found


def _write(
    loading: Importing,
    row_class: type[SQLModel],
    ids: Collection[int],
    by: str,
    *,
    is_made: bool = False,
    only: ColumnElement[bool] | None = None,
) -> None:
    if not ids or loading.batch_id is None:
        return
    session, batch_id, table, change = loading.session, loading.batch_id, table_of(row_class), ImportChangeRow
    session.flush()
    made_by: Any = table.c.get("import_batch_id", null())
    of_another = or_(made_by.is_(None), made_by != batch_id) if "import_batch_id" in table.c else true()
    before = null() if is_made else document_of(session, kept_columns(row_class))
    found = select(literal(batch_id), literal(table.name), table.c.id, made_by, before).where(
        among(session, table.c[by], sorted(set(ids))), of_another, true() if only is None else only
    )
    # What is kept already is told by the unique key: a subquery would be planned for a table that was empty just now.
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(change).from_select(_COLUMNS, found, include_defaults=False).on_conflict_do_nothing())
