"""Many rows in one statement, on SQLite and on PostgreSQL: upserts, and conditions on long lists of keys."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Dialect, any_, bindparam, func, select, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from ar_cockpit.db.copying import WORTH_A_COPY, as_json, copied

_ROWS_PER_STATEMENT = 5000


def upsert(
    session: Session,
    row_class: type[SQLModel],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    key: Sequence[str] = (),
    *,
    kept: Sequence[str] = (),
) -> None:
    """Insert ``rows`` of ``columns``; where ``key`` is already there, update the others except ``kept``.

    The rows are plain tuples: no mapped object is made, and the values go to the driver column by column.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    dialect = connection.dialect
    table: SqlTable = row_class.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
    types = [table.c[name].type for name in columns]
    conflict = _on_conflict(columns, key, kept)
    if dialect.name == "postgresql" and len(rows) >= WORTH_A_COPY:
        copied(connection, table, columns, rows, conflict)
        return
    statement = _statement(dialect, table.name, columns, types) + conflict
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        stored = _stored(dialect, types, rows[start : start + _ROWS_PER_STATEMENT])
        if dialect.name == "postgresql":
            connection.exec_driver_sql(statement, tuple(stored))
        else:
            connection.exec_driver_sql(statement, list(zip(*stored, strict=True)))


def _statement(dialect: Dialect, table: str, columns: Sequence[str], types: Sequence[TypeEngine[Any]]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    if dialect.name == "postgresql":
        # A collation belongs to the column, and cannot be said of an array.
        arrays = ", ".join(f"%s::{kind.compile(dialect).partition(' COLLATE')[0]}[]" for kind in types)
        return f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"


def _on_conflict(columns: Sequence[str], key: Sequence[str], kept: Sequence[str]) -> str:
    if not key:
        return ""
    updated = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in (*key, *kept))
    return f" ON CONFLICT ({', '.join(key)}) DO " + (f"UPDATE SET {updated}" if updated else "NOTHING")


def _stored(dialect: Dialect, types: Sequence[TypeEngine[Any]], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the values by column, each as the driver stores its type."""
    columns = zip(*rows, strict=True)
    return [_stored_column(dialect, kind, values) for kind, values in zip(types, columns, strict=True)]


def _stored_column(dialect: Dialect, kind: TypeEngine[Any], values: Sequence[Any]) -> list[Any]:
    if kind.__visit_name__ == "JSON":
        return [as_json(value) for value in values]
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return list(values)
    known = {value: process(value) for value in set(values)}  # a batch has few different days
    return [known[value] for value in values]


def write(
    session: Session,
    row_class: type[SQLModel],
    columns: Sequence[str],
    rows: Sequence[tuple[bool, Sequence[Any]]],
    key: Sequence[str],
    kept: Sequence[str] = (),
) -> None:
    """Insert the rows told to be new and upsert the others."""
    upsert(session, row_class, columns, [row for is_new, row in rows if is_new])
    upsert(session, row_class, columns, [row for is_new, row in rows if not is_new], key, kept=kept)


def advance_keys(session: Session, row_class: type[SQLModel]) -> None:
    """Let the next row of a table get a key beyond those that were written by hand."""
    if session.get_bind().dialect.name == "postgresql":
        table = str(row_class.__tablename__)
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
            )
        )


def renew_statistics(session: Session, row_class: type[SQLModel]) -> None:
    """Let PostgreSQL count a table again that has grown by much, so that the questions after it use its indexes."""
    if session.get_bind().dialect.name == "postgresql":
        session.flush()
        session.connection().exec_driver_sql(f"ANALYZE {row_class.__tablename__}")


def among(session: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """Return ``column IN values`` as one parameter, however many values there are."""
    found = list(values)
    condition: ColumnElement[bool]
    if session.get_bind().dialect.name == "postgresql":
        condition = column == any_(bindparam(None, found, ARRAY(column.type)))
    else:
        each = func.json_each(bindparam(None, json.dumps(found))).table_valued("value")
        condition = column.in_(select(each.c.value))
    return condition
