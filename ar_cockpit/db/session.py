"""The engine and the one way to a transaction."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session, create_engine

from ar_cockpit.domain.errors import BusyError, SettingsError
from ar_cockpit.settings import get_settings

# How long a writer of a SQLite file waits for another; who cannot wait says so to `transaction`.
_PATIENCE_MS, _PATIENCE = 30_000, "patience_ms"
# FULL: a message's fence must be on disk before its data goes out.
_PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"),
    f"busy_timeout={_PATIENCE_MS}",
)
# At most 25 connections of a process either way. A server's are kept: each begins by planning its questions, and the
# one that was used last knows them best. A file's are opened in no time, and each holds a cache of its own.
_SERVED: dict[str, Any] = {"pool_size": 10, "max_overflow": 3, "pool_use_lifo": True}
_FOR_GLANCES: dict[str, Any] = {"pool_size": 10, "max_overflow": 2, "pool_use_lifo": True}
_OF_A_FILE: dict[str, Any] = {"pool_size": 5, "max_overflow": 20}
_A_TURN_SECONDS = 0.12
_GLANCING: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
_MAKING = threading.Lock()
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
        served = parsed.get_backend_name() == "postgresql"
        engine = create_engine(parsed, **(_SERVED if served else _OF_A_FILE))
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise SettingsError("AR_DATABASE_URL cannot be read as a database address.", _MEND) from error
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediately)
    else:
        _prepare_served(engine)
    return engine


def _prepare_served(engine: Engine, *settings: str) -> None:
    event.listen(engine, "connect", partial(_prepare_postgresql, settings))
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_ping_after_rest, engine))


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN is deferred: a read that later writes would fail at once with a busy snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(settings: Sequence[str], connection: Any, _record: Any) -> None:
    # A statement of ten questions about one customer is answered in half a millisecond; compiling it for the machine,
    # which PostgreSQL thinks worth it for its length, takes twenty.
    for setting in ("jit = off", *settings):
        connection.execute(f"SET {setting}")
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
    options = connection.get_execution_options()
    patience = options.get(_PATIENCE, _PATIENCE_MS)
    if connection.info.get(_PATIENCE, _PATIENCE_MS) != patience:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
        connection.info[_PATIENCE] = patience
    connection.exec_driver_sql("BEGIN" if options.get("read_only", False) else "BEGIN IMMEDIATE")


@cache
def engine() -> Engine:
    """Return the process-wide engine of the configured database."""
    return make_engine(get_settings().database_url)


@contextmanager
def transaction(bind: Engine | None = None, *, patience: float | None = None) -> Iterator[Session]:
    """Open a session whose work is committed whole at the end, or not at all.

    On SQLite writers take turns; ``BusyError`` says that this one's did not come within ``patience`` seconds.
    """
    bind = bind or engine()
    if patience is not None:
        bind = bind.execution_options(**{_PATIENCE: int(patience * 1000)})
    try:
        with Session(bind, expire_on_commit=False) as session, session.begin():
            yield session
    except OperationalError as error:
        if bind.dialect.name != "sqlite" or "database is locked" not in str(error.orig):
            raise
        raise BusyError from error


def give_way(bind: Engine | None = None) -> None:
    """Between two parts of a long work, let whoever waits to write have its turn.

    SQLite has no queue: who waits looks again every tenth of a second, and would find the next part each time.
    """
    if (bind or engine()).dialect.name == "sqlite":
        time.sleep(_A_TURN_SECONDS)


@contextmanager
def reading(bind: Engine | None = None) -> Iterator[Session]:
    """Open a session for questions only: on SQLite it takes no write lock, so readers never wait."""
    readers = (bind or engine()).execution_options(read_only=True)
    with Session(readers, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading_one_state(bind: Engine | None = None) -> Iterator[Session]:
    """Open a session for questions whose answers are put together: all of them see the ledger of the same moment.

    On SQLite every reading does. PostgreSQL's would answer each question as of its own moment.
    """
    with reading(bind) as session:
        if session.get_bind().dialect.name == "postgresql":
            # Of this connection, not of the engine: what is written beside it would have to be written again.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


@contextmanager
def glancing(bind: Engine | None = None) -> Iterator[Session]:
    """Open a session for a few small questions that somebody waits for.

    On PostgreSQL each is asked by itself: as transactions are there, each sees the ledger of its own moment anyway, and
    beginning and ending one are two more ways there and back. Nothing can be read from in portions then.
    """
    bind = bind or engine()
    with reading(_for_glances(bind) if bind.dialect.name == "postgresql" else bind) as session:
        yield session


def _for_glances(bind: Engine) -> Engine:
    """Return the engine for glances at the same database, whose connections plan each question once.

    By itself PostgreSQL plans for each of the first five values, and then keeps one plan or goes on: planning what is
    asked about one customer takes four times the answer. Questions about many are better planned for their values.
    """
    with _MAKING:
        made = _GLANCING.get(bind)
        if made is None:
            made = create_engine(bind.url, isolation_level="AUTOCOMMIT", **_FOR_GLANCES)
            _prepare_served(made, "plan_cache_mode = force_generic_plan")
            event.listen(bind, "engine_disposed", lambda _: made.dispose())
            _GLANCING[bind] = made
    return made
