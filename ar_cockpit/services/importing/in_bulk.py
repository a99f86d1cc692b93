"""Files so long that SQLite's triggers and indexes are dearer row by row than once for all rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from ar_cockpit.db.aside import indexes_aside, triggers_aside
from ar_cockpit.db.tables import AllocationRow, InvoiceRow, PaymentRow
from ar_cockpit.importing.records import Table
from ar_cockpit.services.importing.changes.rows import table_of
from ar_cockpit.services.importing.loading.context import Loading

MANY_ROWS = 50_000  # from here on marking whole companies marks little that was not touched
# The tables that a file writes, each with the indexes that loading it asks.
_WRITTEN: Mapping[Table, Mapping[str, frozenset[str]]] = {
    Table.INVOICES: {"invoice": frozenset({"ix_invoice_number"})},
    Table.PAYMENTS: {"payment": frozenset()},
    Table.ALLOCATIONS: {
        "allocation": frozenset({"ix_allocation_invoice", "ix_allocation_payment"}),
        "invoice": frozenset({"ix_invoice_number"}),
        "payment": frozenset(),
    },
}
_ROWS: Mapping[str, type[SQLModel]] = {"invoice": InvoiceRow, "payment": PaymentRow, "allocation": AllocationRow}
_WORTH_BUILDING = 2  # a table of more than so many times the file's rows keeps its indexes


@contextmanager
def swiftly(loading: Loading, table: Table, rows: int) -> Iterator[None]:
    """Load ``rows`` of a file about ``table`` without what SQLite would do for each, and make up for it at the end."""
    session, written = loading.session, _WRITTEN.get(table)
    # A settlement date or a flag writes other tables too, by way of the indexes.
    is_plain = not any(map(loading.file.has, ("settled_date", "disputed")))
    if session.get_bind().dialect.name != "sqlite" or written is None or rows < MANY_ROWS or not is_plain:
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(triggers_aside(session, written, loading.touched))
        few = {name: kept for name, kept in written.items() if _count(session, name) <= _WORTH_BUILDING * rows}
        stack.enter_context(indexes_aside(session, few))
        yield


def _count(session: Session, name: str) -> int:
    return int(session.execute(select(func.count()).select_from(table_of(_ROWS[name]))).scalar_one())
