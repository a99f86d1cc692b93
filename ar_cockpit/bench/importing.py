"""The import of a ledger's files, beside the least that could do it: Python's csv module and the driver, unchecked."""

from __future__ import annotations

import csv
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Engine
from sqlmodel import Session

from ar_cockpit.bench.ledger_files import HEADERS, KEYS
from ar_cockpit.bench.watching import watched
from ar_cockpit.db.migrate import migrate
from ar_cockpit.db.session import make_engine, transaction
from ar_cockpit.domain.access import Actor
from ar_cockpit.importing.records import Table
from ar_cockpit.services.importing.files import import_paths
from ar_cockpit.services.importing.importer import Importer, Request
from ar_cockpit.settings import get_settings

_ON = date(2026, 6, 1)
_ROWS_AT_ONCE = 10_000
Rows = Iterator[list[str]]


class Measured(NamedTuple):
    """What one measurement took: the product's seconds and the floor's, for how many rows.

    ``work`` are the product's seconds of processor time, ``held_mb`` its memory at most, with the reading process.
    """

    name: str
    product: float
    floor: float
    rows: int
    work: float
    held_mb: float


def import_into_sqlite(files: Mapping[Table, Path], folder: Path) -> list[Measured]:
    """Import each file into a new SQLite database in ``folder``, beside the csv module and an upsert."""
    engine = make_engine(f"sqlite:///{folder / 'product.db'}")
    migrate(engine)
    floor = sqlite3.connect(folder / "floor.db")
    floor.execute("PRAGMA journal_mode=WAL")
    try:
        return [
            _measured(f"import of {table}, SQLite", engine, files[table], partial(_upsert, floor, table))
            for table in Table
        ]
    finally:
        floor.close()
        engine.dispose()


def import_into_postgresql(files: Mapping[Table, Path], address: str) -> list[Measured]:
    """Import each file into the empty PostgreSQL database at ``address``, beside the csv module and COPY."""
    engine = make_engine(address)
    migrate(engine)
    plain = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(plain) as floor:
            return [
                _measured(f"import of {table}, PostgreSQL", engine, files[table], partial(_copy, floor, table))
                for table in Table
            ]
    finally:
        engine.dispose()


def _measured(name: str, engine: Engine, path: Path, load: Callable[[Rows], None]) -> Measured:
    """Time the product, then the floor, on the same file in the same run."""
    with watched() as taken:
        begun = time.perf_counter()
        rows = _import(engine, path)
        product = time.perf_counter() - begun
    begun = time.perf_counter()
    with path.open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream)
        next(reader)
        load(reader)
    return Measured(name, product, time.perf_counter() - begun, rows, taken.work, taken.held_mb)


def _import(engine: Engine, path: Path) -> int:
    @contextmanager
    def open_session() -> Iterator[Session]:
        with transaction(engine) as session:
            yield session

    importer = Importer(open_session, Actor.local_operator(), Request(_ON), get_settings())
    report = import_paths(importer, [path])[0]
    return report.tally.imported.count


def _upsert(database: sqlite3.Connection, table: Table, rows: Rows) -> None:
    columns, key = ", ".join(HEADERS[table]), ", ".join(KEYS[table])
    told = ", ".join(f"{name} = excluded.{name}" for name in HEADERS[table] if name not in KEYS[table])
    marks = ", ".join("?" * len(HEADERS[table]))
    database.execute(f"CREATE TABLE {table} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID")
    with database:
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {told}"
        database.executemany(statement, rows)


def _copy(database: psycopg.Connection[Any], table: Table, rows: Rows) -> None:
    columns = ", ".join(f"{name} text" for name in HEADERS[table])
    database.execute(f"CREATE TEMP TABLE floor_{table} ({columns}, PRIMARY KEY ({', '.join(KEYS[table])}))".encode())
    with database.cursor() as cursor, cursor.copy(f"COPY floor_{table} FROM STDIN".encode()) as copy:
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            copy.write("\n".join(map("\t".join, some)) + "\n")
    database.commit()
