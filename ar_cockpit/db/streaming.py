"""Rows in large numbers: a batch at a time, and none of them a mapped object."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session

_BATCH = 5000
_OBJECTS_BETWEEN = 200_000
_NUMBERS = count(1)


def stream(session: Session, question: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    """Yield rows as plain tuples, by the connection itself: the session would look for mapped objects in them."""
    session.flush()
    yield from session.connection().execute(question, execution_options={"yield_per": _BATCH})


def narrow(session: Session, question: Select[*tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Yield rows of numbers and words as the driver itself gives them, asked for by numbers, words and dates."""
    driver, statement, values = asked_of_driver(session, question)
    if isinstance(values, tuple):
        yield from driver.execute(statement, values)
        return
    # The server keeps the rows, so that several questions may be read from in turn.
    with driver.cursor(f"narrow_{next(_NUMBERS)}") as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(_BATCH):
            yield from rows


def whole(session: Session, question: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return all rows that :func:`narrow` would yield, at once: fewer steps for those that are kept anyway."""
    driver, statement, values = asked_of_driver(session, question)
    rows: list[tuple[Any, ...]] = driver.execute(statement, values).fetchall()
    return rows


def whole_bytes(session: Session, question: Select[*tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return all rows of a question for bytes; PostgreSQL would write each of them as two letters."""
    driver, statement, values = asked_of_driver(session, question)
    in_binary = {} if isinstance(values, tuple) else {"binary": True}
    rows: list[tuple[Any, ...]] = driver.execute(statement, values, **in_binary).fetchall()
    return rows


def asked_of_driver(session: Session, question: Select[*tuple[Any, ...]]) -> tuple[Any, str, Any]:
    """Return the driver's connection, the statement in its words, and the values: by place on SQLite, else by name."""
    session.flush()
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    compiled = question.compile(dialect=connection.dialect, compile_kwargs={"render_postcompile": True})
    named = {
        name: value.isoformat() if is_sqlite and isinstance(value, date) else value
        for name, value in compiled.params.items()
    }
    driver: Any = connection.connection.driver_connection
    return driver, str(compiled), tuple([named[name] for name in compiled.positiontup or ()]) if is_sqlite else named


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for unreachable cycles rarely while rows pass: they are many tuples and no cycle.

    At its usual pace the collector takes a third of the time of an import.
    """
    before = gc.get_threshold()
    gc.set_threshold(max(_OBJECTS_BETWEEN, before[0]), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
