"""Rows on their way: read in batches from one snapshot, written by COPY on PostgreSQL and by batches on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Connection, Engine, Table

_BATCH = 5000
Progress = Callable[[str, int], None]


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a connection that sees one state of the database throughout, and cannot write."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            yield connection
        return
    with engine.connect().execution_options(read_only=True) as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("PRAGMA query_only = OFF")


def copy_table(source: Connection, target: Connection, table: Table, progress: Progress) -> int:
    """Copy every row of ``table`` and return how many characters PostgreSQL cannot hold were left out."""
    names = [column.name for column in table.columns if column.computed is None]
    rows = _read(source, table, names)
    cleaner = _Cleaner(target.dialect.name == "postgresql")
    batches = iter(lambda: [cleaner.clean(row) for row in islice(rows, _BATCH)], [])
    write = _copy_in if target.dialect.name == "postgresql" else _insert
    write(target, table, names, batches, progress)
    return cleaner.removed


def advance_keys(target: Connection, tables: Sequence[Table]) -> None:
    """Let new rows get keys beyond those copied; SQLite counts on from the highest by itself."""
    if target.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            quoted = target.dialect.identifier_preparer.quote(table.name)
            sequence = target.exec_driver_sql(f"SELECT pg_get_serial_sequence('{quoted}', '{column.name}')").scalar()
            if sequence:
                highest = f"SELECT setval('{sequence}', coalesce(max({column.name}), 0) + 1, false) FROM {quoted}"
                target.exec_driver_sql(highest)


class _Cleaner:
    """Leaves the character NUL out where the target cannot hold it, and counts."""

    def __init__(self, is_needed: bool) -> None:
        self.is_needed, self.removed = is_needed, 0

    def clean(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return the row as it may be stored."""
        if not self.is_needed:
            return tuple(row)
        return tuple(self._without_nul(value) if isinstance(value, str) else value for value in row)

    def _without_nul(self, value: str) -> str:
        if "\x00" not in value:
            return value
        self.removed += value.count("\x00")
        return value.replace("\x00", "")


def _read(source: Connection, table: Table, names: Sequence[str]) -> Iterator[Sequence[Any]]:
    # JSON travels as the text it is stored as: decoding and encoding could change numbers and order.
    columns = [_as_text(table.c[name], source.dialect.name) for name in names]
    keys = list(table.primary_key.columns)
    yield from source.execute(sa.select(*columns).order_by(*keys), execution_options={"yield_per": _BATCH})


def _as_text(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    if not isinstance(column.type, JSON):
        return column
    return sa.cast(column, sa.Text) if dialect == "postgresql" else sa.type_coerce(column, sa.Text)


def _copy_in(
    target: Connection, table: Table, names: Sequence[str], batches: Iterator[list[tuple[Any, ...]]], progress: Progress
) -> None:
    quote = target.dialect.identifier_preparer.quote
    into = f"COPY {quote(table.name)} ({', '.join(quote(name) for name in names)}) FROM STDIN"
    driver: Any = target.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        for rows in batches:
            for row in rows:
                copy.write_row(row)
            progress(table.name, len(rows))


def _insert(
    target: Connection, table: Table, names: Sequence[str], batches: Iterator[list[tuple[Any, ...]]], progress: Progress
) -> None:
    plain = (
        sa.column(name, sa.Text() if isinstance(table.c[name].type, JSON) else table.c[name].type) for name in names
    )
    statement = sa.table(table.name, *plain).insert()
    for rows in batches:
        target.execute(statement, [dict(zip(names, row, strict=True)) for row in rows])
        progress(table.name, len(rows))
