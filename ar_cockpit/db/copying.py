"""PostgreSQL's COPY: many rows as one text, straight into their table, or beside it where some are there already."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy import Table as SqlTable
from sqlalchemy.types import TypeEngine

from ar_cockpit.domain.folded import Coded

WORTH_A_COPY = 100  # fewer rows are sent as parameters of one statement
_ROWS_AT_ONCE = 5000
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"})
_SPECIAL = [chr(sign) for sign in _ESCAPED]
_NULL = "\\N"
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def copy_of(
    connection: Connection, table: SqlTable, named: Sequence[str], columns: Sequence[Sequence[Any]], conflict: str
) -> Callable[[], None]:
    """Return what inserts rows given as columns; with ``conflict`` through a table beside: COPY knows no conflicts."""
    names = ", ".join(f'"{name}"' for name in named)
    types = [table.c[name].type for name in named]
    count = len(columns[0])
    made = (
        as_text(connection.dialect, types, [column[start : start + _ROWS_AT_ONCE] for column in columns])
        for start in range(0, count, _ROWS_AT_ONCE)
    )
    texts = list(made) if count <= _ROWS_AT_ONCE else made  # more are not held as text all at once
    if not conflict:
        return partial(_copy, connection, f"{table.name} ({names})", texts)
    return partial(_copy_by_way_of_another, connection, table.name, names, texts, conflict)


def _copy_by_way_of_another(
    connection: Connection, table: str, names: str, texts: Iterable[str], conflict: str
) -> None:
    beside = f"new_{table}"
    connection.exec_driver_sql(f"CREATE TEMP TABLE {beside} AS SELECT {names} FROM {table} WITH NO DATA")
    _copy(connection, beside, texts)
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) SELECT * FROM {beside}{conflict}")
    connection.exec_driver_sql(f"DROP TABLE {beside}")


def _copy(connection: Connection, into: str, texts: Iterable[str]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for some in texts:
            copy.write(some)


def as_text(dialect: Dialect, types: Sequence[TypeEngine[Any]], columns: Sequence[Sequence[Any]]) -> str:
    """Return rows given as columns in COPY's text format."""
    cells = [_cells(dialect, kind, values) for kind, values in zip(types, columns, strict=True)]
    return "\n".join(map("\t".join, zip(*cells, strict=True))) + "\n"


def _cells(dialect: Dialect, kind: TypeEngine[Any], values: Sequence[Any]) -> Sequence[str]:
    if isinstance(values, Coded):
        return values.become([_cells(dialect, kind, [value])[0] for value in values.values])
    if kind.__visit_name__ == "JSON":
        return _escaped(as_json_column(values))
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process or isinstance(values[0], date):
        known = {value: _cell(process(value) if process else value) for value in set(values)}
        return [known[value] for value in values]  # a batch has few different days
    if None in values:
        return list(map(_cell, values))
    return _escaped(values) if isinstance(values[0], str) else list(map(str, values))


def _cell(value: Any) -> str:
    return _NULL if value is None else str(value).translate(_ESCAPED)


def _escaped(values: Sequence[str]) -> Sequence[str]:
    """Return texts as COPY reads them; in nearly all batches nothing has to be escaped, which one look shows."""
    together = "".join(values)
    if not any(sign in together for sign in _SPECIAL):
        return values
    return [value.translate(_ESCAPED) for value in values]


def as_json(value: Any) -> str:
    """Return a JSON column's value as text; ``None`` is an empty object."""
    return _ENCODER.encode(value) if value else "[]" if isinstance(value, list) else "{}"


def as_json_column(values: Sequence[Any]) -> list[str]:
    """Return a JSON column's values as texts; rows without fields of their own share one and the same value."""
    if len(set(map(id, values))) == 1:
        return [as_json(values[0])] * len(values)
    return [as_json(value) for value in values]
