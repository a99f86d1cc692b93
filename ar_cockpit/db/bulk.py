"""Many rows in one statement, on SQLite and on PostgreSQL: upserts, and conditions on long lists of keys."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Dialect, any_, bindparam, func, select, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.sql.selectable import TableValuedAlias
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from ar_cockpit.db.behind import soon
from ar_cockpit.db.copying import WORTH_A_COPY, as_json_column, copy_of
from ar_cockpit.domain.folded import Coded

_ROWS_PER_STATEMENT = 5000
_ROWS_OF_LONG_STATEMENTS, _MOST_VALUES = 1250, 32_000  # SQLite takes 32 766 values


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
    if rows:
        _put(session, row_class, columns, list(zip(*rows, strict=True)), _on_conflict(columns, key, kept))


def insert(session: Session, row_class: type[SQLModel], values: Mapping[str, Sequence[Any]]) -> None:
    """Insert new rows, given as their columns: what comes by column need not be made into rows before."""
    if values and any(values.values()):
        _put(session, row_class, list(values), list(values.values()), "")


def insert_and_tell(
    session: Session, row_class: type[SQLModel], rows: Sequence[Mapping[str, Any]], conflict: str, told: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Insert ``rows`` with the same columns, and return of those that were written the columns that are ``told``.

    What a row does not give is as the table has it. ``conflict`` says what becomes of rows that are there already.
    """
    if not rows:
        return []
    session.flush()
    connection, table = session.connection(), row_class.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    given = {name: [row[name] for row in rows] for name in rows[0]}
    left = [one for one in table.columns if one.default is not None and one.name not in given]
    assert all(one.default.is_scalar for one in left), "a default that is made anew for each row is given"  # noqa: S101 (a slip of ours)
    usual = {one.name: one.default.arg for one in left}
    given |= {name: [value] * len(rows) for name, value in usual.items()}
    types = [table.c[name].type for name in given]
    columns = [_stored_column(connection.dialect, *one) for one in zip(types, given.values(), strict=True)]
    statement = _statement(connection.dialect, table.name, list(given), types)
    said = f"{conflict} RETURNING {', '.join(told)}"
    if connection.dialect.name == "postgresql":
        return [tuple(row) for row in connection.exec_driver_sql(statement + said, tuple(columns))]
    found: list[tuple[Any, ...]] = []
    one, at_once = f"({', '.join('?' * len(columns))})", _MOST_VALUES // len(columns)
    for start in range(0, len(rows), at_once):
        some = list(zip(*(column[start : start + at_once] for column in columns), strict=True))
        long = statement.replace(one, ", ".join([one] * len(some)), 1)
        found += map(tuple, connection.exec_driver_sql(long + said, tuple(chain.from_iterable(some))))
    return found


def _put(
    session: Session,
    row_class: type[SQLModel],
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    conflict: str,
) -> None:
    session.flush()
    connection = session.connection()
    dialect = connection.dialect
    table: SqlTable = row_class.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table classes
    types = [table.c[name].type for name in names]
    count = len(columns[0])
    if dialect.name == "postgresql" and count >= WORTH_A_COPY:
        soon(session, copy_of(connection, table, names, columns, conflict))
        return
    statement = _statement(dialect, table.name, names, types) + conflict
    for start in range(0, count, _ROWS_PER_STATEMENT):
        some = columns if count <= _ROWS_PER_STATEMENT else [_part(column, start) for column in columns]
        stored = [_stored_column(dialect, kind, values) for kind, values in zip(types, some, strict=True)]
        if dialect.name == "postgresql":
            connection.exec_driver_sql(statement, tuple(stored))
        else:
            soon(session, partial(_put_into_sqlite, connection, statement, stored))


def _put_into_sqlite(connection: Connection, statement: str, stored: Sequence[Sequence[Any]]) -> None:
    """Insert the rows by few long statements: other threads go on while SQLite is at one."""
    width, count = len(stored), len(stored[0])
    at_once = min(_ROWS_OF_LONG_STATEMENTS, _MOST_VALUES // width)
    many = count // at_once * at_once
    if many:
        one = f"({', '.join('?' * width)})"
        long = statement.replace(one, ", ".join([one] * at_once), 1)
        values: list[Any] = [None] * (many * width)
        for place, column in enumerate(stored):
            values[place::width] = column[:many]
        for start in range(0, many * width, at_once * width):
            connection.exec_driver_sql(long, tuple(values[start : start + at_once * width]))
    if many < count:
        connection.exec_driver_sql(statement, list(zip(*(column[many:] for column in stored), strict=True)))


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


def _part(column: Sequence[Any], start: int) -> Sequence[Any]:
    return column[start : start + _ROWS_PER_STATEMENT]


def _stored_column(dialect: Dialect, kind: TypeEngine[Any], values: Sequence[Any]) -> list[Any]:
    if isinstance(values, Coded):
        return values.become(_stored_column(dialect, kind, values.values)).unfolded()
    if kind.__visit_name__ == "JSON":
        return as_json_column(values)
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


def listed(session: Session, values: Collection[int]) -> TableValuedAlias:
    """Return whole numbers as a table with the one column ``value``, to begin a join with."""
    if session.get_bind().dialect.name == "postgresql":
        return func.unnest(bindparam(None, list(values), ARRAY(BigInteger))).table_valued("value").render_derived()
    return func.json_each(bindparam(None, json.dumps(list(values)))).table_valued("value")
