"""The engine and the one way to a transaction."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

from ar_cockpit.domain.errors import SettingsError
from ar_cockpit.settings import get_settings

# FULL: a message's fence must be on disk before its data goes out.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-65536")
# At most 25 connections of a process either way. A server's are kept: each begins by planning its questions, and the
# one that was used last knows them best. A file's are opened in no time, and each holds a cache of its own.
_SERVED: dict[str, Any] = {"pool_size": 20, "max_overflow": 5, "pool_use_lifo": True}
_OF_A_FILE: dict[str, Any] = {"pool_size": 5, "max_overflow": 20}
_RESTS_SINCE, _SURELY_ALIVE_SECONDS = "rests_since", 1.0
_MEND = "Use sqlite:////absolute/path.db or postgresql://user:password@host/database in AR_DATABASE_URL."


def make_engine(url: str) -> Engine:
    """Return an engine for ``url`` with the house's SQLite pragmas; raise ``SettingsError`` for a bad address."""
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
            raise SettingsError(f"{parsed.drivername} is not a database this product runs on.", _MEND)
        engine = create_engine(parsed, **(_SERVED if parsed.get_backend_name() == "postgresql" else _OF_A_FILE))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise SettingsError("AR_DATABASE_URL cannot be read as a database address.", _MEND) from error
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediately)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "checkin", _note_rest)
        event.listen(engine, "checkout", partial(_ping_after_rest, engine))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN is deferred: a read that later writes would fail at once with a busy snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # A statement of ten questions about one customer is answered in half a millisecond; compiling it for the machine,
    # which PostgreSQL thinks worth it for its length, takes twenty.
    connection.execute("SET jit = off")
    connection.commit()


def _note_rest(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_RESTS_SINCE] = time.monotonic()


def _ping_after_rest(engine: Engine, connection: Any, record: ConnectionPoolEntry, _lent: Any) -> None:
    """Ask a connection that rested whether its server is still there: each asking is one more way there and back."""
    if time.monotonic() - record.info.get(_RESTS_SINCE, math.inf) < _SURELY_ALIVE_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error  # the pool opens new ones in their place


def _begin_immediately(connection: Any) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@cache
def engine() -> Engine:
    """Return the process-wide engine of the configured database."""
    return make_engine(get_settings().database_url)


@contextmanager
def transaction(bind: Engine | None = None) -> Iterator[Session]:
    """Open a session whose work is committed whole at the end, or not at all."""
    with Session(bind or engine(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(bind: Engine | None = None) -> Iterator[Session]:
    """Open a session for questions only: on SQLite it takes no write lock, so readers never wait."""
    readers = (bind or engine()).execution_options(read_only=True)
    with Session(readers, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def glancing(bind: Engine | None = None) -> Iterator[Session]:
    """Open a session for a few small questions that somebody waits for.

    On PostgreSQL each is asked by itself: as transactions are there, each sees the ledger of its own moment anyway, and
    beginning and ending one are two more ways there and back. Nothing can be read from in portions then.
    """
    bind = bind or engine()
    if bind.dialect.name == "postgresql":
        bind = bind.execution_options(isolation_level="AUTOCOMMIT")
    with reading(bind) as session:
        yield session
