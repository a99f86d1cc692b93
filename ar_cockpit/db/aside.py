"""What a database would do for every row or batch, put aside while very many rows pass and made up for at once.

All of it belongs to the transaction: whoever else looks sees triggers and indexes as ever, and when the transaction is
taken back, so is this. On SQLite they are dropped and made again. PostgreSQL would let nobody read meanwhile: there
the triggers stay and ask a setting of the transaction whether they are wanted, and the indexes are left alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import BindParameter, Connection, bindparam, text
from sqlmodel import Session

from ar_cockpit.db import marks
from ar_cockpit.db.held import give_back

_INDEXES = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL")
_TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
# What the triggers of `marks` would have done for the rows of these companies, or more.
_COMPANIES: BindParameter[int] = bindparam("companies", expanding=True)
_MARK_FLOWS = text(f"{marks.TAKE_BACK} WHERE company_id IN :companies").bindparams(_COMPANIES)
_MARK_PRIORITIES = text(
    "INSERT INTO priority_mark (customer_id) SELECT id FROM customer WHERE company_id IN :companies"
).bindparams(_COMPANIES)
_SORTERS, _CACHE_OF_SORTING = 2, -16_384  # threads; KiB, as SQLite has it
_IN_BULK = text("SELECT set_config(:name, :value, true)")  # to the end of the transaction, or of its savepoint


@contextmanager
def triggers_aside(session: Session, tables: Collection[str], companies: Collection[int]) -> Iterator[None]:
    """Let no trigger of ``tables`` fire, and mark everything kept of ``companies`` as out of date at the end.

    ``companies`` may be filled meanwhile: they are those that rows were written for.
    """
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_IN_BULK, {"name": marks.IN_BULK, "value": "on"})
        yield
        session.flush()
        connection.execute(_IN_BULK, {"name": marks.IN_BULK, "value": "off"})
    else:
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
    """On SQLite, drop the indexes of ``tables`` but those named beside each, and build them from all rows at the end.

    What is unique stays, since it is a rule and no convenience.
    """
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        yield
        return
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
    with _sorting_beside(connection):
        _make(connection, dropped)


@contextmanager
def _sorting_beside(connection: Connection) -> Iterator[None]:
    """Let SQLite sort one part of an index by a thread of its own while the next is read: parts as long as its cache.

    Each row is read once, so a small cache is as good for that, and holds less in memory. What the rows needed is given
    back before, as the threads that sort have stores of their own.
    """
    cache = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    for pragma in (f"threads={_SORTERS}", f"cache_size={_CACHE_OF_SORTING}"):
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    give_back()
    try:
        yield
    finally:
        for pragma in ("threads=0", f"cache_size={cache}"):
            connection.exec_driver_sql(f"PRAGMA {pragma}")


def _make(connection: Connection, dropped: Collection[tuple[str, str]]) -> None:
    for _, made in dropped:
        connection.exec_driver_sql(made)
