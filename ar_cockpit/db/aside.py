"""What SQLite would do for every single row, put aside while very many rows pass and made up for at once.

Statements about the schema belong to the transaction there: whoever else looks sees triggers and indexes as ever, and
when the transaction is taken back, so is all of this. PostgreSQL has triggers for whole statements, and would let
nobody read meanwhile: there nothing is put aside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import BindParameter, Connection, bindparam, text
from sqlmodel import Session

_INDEXES = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL")
_TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
# What the triggers of `marks` would have done for the rows of these companies, or more.
_COMPANIES: BindParameter[int] = bindparam("companies", expanding=True)
_MARK_FLOWS = text(
    "UPDATE figures_state SET flows_are_built = 0, writes = writes + 1"
    " WHERE company_id IN :companies AND flows_are_built"
).bindparams(_COMPANIES)
_MARK_PRIORITIES = text(
    "INSERT INTO priority_mark (customer_id) SELECT c.id FROM customer c JOIN figures_state s USING (company_id)"
    " WHERE s.priorities_on IS NOT NULL AND c.company_id IN :companies"
).bindparams(_COMPANIES)


@contextmanager
def triggers_aside(session: Session, tables: Collection[str], companies: Collection[int]) -> Iterator[None]:
    """Let no trigger of ``tables`` fire, and mark everything kept of ``companies`` as out of date at the end.

    ``companies`` may be filled meanwhile: they are those that rows were written for.
    """
    session.flush()
    connection = session.connection()
    dropped = [(name, made) for table in tables for name, made in connection.execute(_TRIGGERS, {"table": table})]
    for name, _ in dropped:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    session.flush()
    _make(connection, dropped)
    for statement in (_MARK_FLOWS, _MARK_PRIORITIES):
        connection.execute(statement, {"companies": sorted(companies)})


@contextmanager
def indexes_aside(session: Session, tables: Mapping[str, Collection[str]]) -> Iterator[None]:
    """Drop the indexes of ``tables`` but those named beside each, and build them at the end from all rows at once.

    What is unique stays, since it is a rule and no convenience.
    """
    session.flush()
    connection = session.connection()
    dropped = [
        (name, made)
        for table, kept in tables.items()
        for name, made in connection.execute(_INDEXES, {"table": table})
        if name not in kept and not made.startswith("CREATE UNIQUE")
    ]
    for name, _ in dropped:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    session.flush()
    _make(connection, dropped)


def _make(connection: Connection, dropped: Collection[tuple[str, str]]) -> None:
    for _, made in dropped:
        connection.exec_driver_sql(made)
