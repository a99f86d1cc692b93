"""Files so long that triggers, and on SQLite indexes, are dearer batch by batch than once for all rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from sqlalchemy import func, select
from sqlmodel import Session, SQLModel

from ar_cockpit.db.aside import indexes_aside, triggers_aside
from ar_cockpit.db.behind import writing_behind
from ar_cockpit.db.tables import AllocationRow, InvoiceRow, PaymentRow
from ar_cockpit.importing.records import Table
from ar_cockpit.services.importing.changes.rows import table_of
from ar_cockpit.services.importing.loading.context import Loading

MANY_ROWS = 50_000  # from here on marking whole companies marks little that was not touched
# The tables that a file writes, each with the indexes that loading it asks, leaves as they are, or keeps for less than
# a look at all rows costs at the end: those of few rows, and that of the import, which only grows.
_WRITTEN: Mapping[Table, Mapping[str, frozenset[str]]] = {
    Table.INVOICES: {
        "invoice": frozenset({"ix_invoice_notes", "ix_invoice_written_off", "ix_invoice_import_batch_id"})
    },
    Table.PAYMENTS: {"payment": frozenset({"ix_payment_import_batch_id"})},
    Table.ALLOCATIONS: {
        "allocation": frozenset({"ix_allocation_invoice", "ix_allocation_payment", "ix_allocation_import_batch_id"}),
        "invoice": frozenset({"ix_invoice_import_batch_id"}),
        "payment": frozenset({"ix_payment_paid", "ix_payment_customer_id", "ix_payment_import_batch_id"}),
    },
}
_ROWS: Mapping[str, type[SQLModel]] = {"invoice": InvoiceRow, "payment": PaymentRow, "allocation": AllocationRow}
_WORTH_BUILDING = 2  # a table of more than so many times the file's rows keeps its indexes


@contextmanager
def swiftly(loading: Loading, table: Table, rows: int) -> Iterator[None]:
    """Load ``rows`` rows about ``table`` without what triggers would do meanwhile, and make up for it at the end."""
    session, written = loading.session, _WRITTEN.get(table)
    # A settlement date or a flag writes other tables too, by way of the indexes.
    is_plain = not any(map(loading.file.has, ("settled_date", "disputed")))
    if written is None or rows < MANY_ROWS or not is_plain:
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(triggers_aside(session, written, loading.touched))
        few = {name: kept for name, kept in written.items() if _count(session, name) <= _WORTH_BUILDING * rows}
        stack.enter_context(indexes_aside(session, few))
        stack.enter_context(writing_behind(session))
        yield


def _count(session: Session, name: str) -> int:
    return int(session.execute(select(func.count()).select_from(table_of(_ROWS[name]))).scalar_one())
